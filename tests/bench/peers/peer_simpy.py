"""SimPy: hold PENDING EVENTS, or fcfs|easy JOBS.swf HOSTS."""

import bisect
import random
import sys

import simpy


def hold(pending, events):
    env = simpy.Environment()
    draw = random.Random(1)
    left = [events]

    def stream():
        while left[0] > 0:
            left[0] -= 1
            yield env.timeout(draw.expovariate(1.0))

    for _ in range(pending):
        env.process(stream())
    env.run()


class HostCounter:
    """FCFS and EASY over a count of free hosts; see host_counter.h."""

    def __init__(self, env, jobs, hosts, easy):
        self.env, self.jobs, self.free, self.easy = env, jobs, hosts, easy
        self.queue, self.ends, self.total_wait = [], [], 0

    def start(self, job):
        now = self.env.now
        submit, run, hosts, estimate = self.jobs[job]
        self.total_wait += now - submit
        self.free -= hosts
        bisect.insort(self.ends, (now + estimate, job))
        self.env.process(self.work(job, run, now + estimate))

    def work(self, job, run, expected_end):
        yield self.env.timeout(run)
        self.free += self.jobs[job][2]
        del self.ends[bisect.bisect_left(self.ends, (expected_end, job))]
        self.schedule()

    def schedule(self):
        while self.queue and self.jobs[self.queue[0]][2] <= self.free:
            self.start(self.queue.pop(0))
        if not self.easy or not self.queue:
            return
        needed = self.jobs[self.queue[0]][2]
        free_then, shadow = self.free, self.env.now
        for end, job in self.ends:
            if free_then >= needed and end != shadow:
                break
            shadow = end
            free_then += self.jobs[job][2]
        extra = free_then - needed
        waiting = [self.queue[0]]
        for job in self.queue[1:]:
            _, _, hosts, estimate = self.jobs[job]
            in_time = self.env.now + estimate <= shadow
            if hosts > self.free or (not in_time and hosts > extra):
                waiting.append(job)
                continue
            if not in_time:
                extra -= hosts
            self.start(job)
        self.queue = waiting


def batch(path, hosts, easy):
    jobs = []
    with open(path, encoding="ascii") as file:
        for line in file:
            if not line.startswith(";"):
                field = [int(float(value)) for value in line.split()]
                jobs.append((field[1], field[3], field[4], field[8]))
    env = simpy.Environment()
    counter = HostCounter(env, jobs, hosts, easy)

    def arrivals():
        for job, (submit, _, _, _) in enumerate(jobs):
            yield env.timeout(submit - env.now)
            counter.queue.append(job)
            counter.schedule()

    env.process(arrivals())
    env.run()
    print("total_wait", counter.total_wait)


if __name__ == "__main__":
    if sys.argv[1] == "hold":
        hold(int(sys.argv[2]), int(sys.argv[3]))
    else:
        batch(sys.argv[2], int(sys.argv[3]), sys.argv[1] == "easy")
