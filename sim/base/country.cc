#include "sim/base/country.h"

namespace orrery {
namespace {

// ISO 3166-1 alpha-2, officially assigned: 249, in order. From iso3166.tab of the tz database,
// which is in the public domain.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ "
    "BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR "
    "CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR "
    "GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU "
    "ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ "
    "LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF "
    "PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI "
    "SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR "
    "TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW ";
constexpr size_t kCount = 249;
constexpr size_t kWidth = 3;  // two letters and a blank
static_assert(kCountries.size() == kCount * kWidth);

bool IsLetter(char c) { return c >= 'A' && c <= 'Z'; }

// The user-assigned code elements of ISO 3166-1.
bool IsUserAssigned(std::string_view code) {
  return code == "AA" || code == "ZZ" || code[0] == 'X' || (code[0] == 'Q' && code[1] >= 'M');
}

}  // namespace

bool IsCountry(std::string_view code) {
  if (code.size() != 2 || !IsLetter(code[0]) || !IsLetter(code[1])) return false;
  if (IsUserAssigned(code)) return true;
  for (size_t i = 0; i < kCount; ++i) {
    if (kCountries.substr(i * kWidth, 2) == code) return true;
  }
  return false;
}

std::string_view CountryMeant(std::string_view code) {
  // The European Union's codes where they are others, and the code of the English language.
  if (code == "UK" || code == "EN") return "GB";
  if (code == "EL") return "GR";
  return {};
}

}  // namespace orrery
