// Codes of countries: ISO 3166-1 alpha-2.
#pragma once

#include <string_view>

namespace orrery {

// Whether it is the code of a country, or one of those that the standard leaves to its users (AA,
// QM to QZ, XA to XZ, ZZ), for places that are made up. Capitals.
bool IsCountry(std::string_view code);

// The code that was meant by one that is often taken for it ("UK": "GB"); empty: nobody knows.
std::string_view CountryMeant(std::string_view code);

}  // namespace orrery
