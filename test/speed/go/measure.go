package main

import (
	"math"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	longEnough = 1.0 / 4
	farTooLong = 8
	warmUpNs   = 100e6
)

// measure does what ../measure.ts does: calls of growing size to warm up, then calls of one size until the budget is used.
// How far it has to grow is decided on processor time, because on a busy machine any call may take long.
func measure(r row, budgetNs float64, now func() float64) result {
	warm := cpuNs() + warmUpNs
	times := 1
	for {
		start, startCPU := now(), cpuNs()
		check := r.run(times)
		took := cpuNs() - startCPU
		if took >= budgetNs*farTooLong {
			return result{(now() - start) / float64(times*r.batch), times, check}
		}
		if took >= budgetNs*longEnough {
			if cpuNs() >= warm {
				break
			}
			continue
		}
		wanted := int(math.Ceil(float64(times) * budgetNs / 3 / math.Max(1, took)))
		times = max(times+1, min(times*10, wanted))
	}
	total, calls, check := 0.0, 0, 0
	for startCPU := cpuNs(); cpuNs()-startCPU < budgetNs; calls++ {
		start := now()
		check = r.run(times)
		total += now() - start
	}
	return result{total / float64(calls*times*r.batch), times, check}
}

var started = time.Now()

// wallNs is the time since the start of the process.
func wallNs() float64 { return float64(time.Since(started).Nanoseconds()) }

// measureMemory tells how much the process grows when n goroutines are parked on one channel.
func measureMemory(n int) result {
	before := residentBytes()
	arrived := parkAll(n)
	return result{float64(residentBytes()-before) / float64(n), n, arrived}
}

// residentBytes reads the resident set from Linux's /proc; 0 elsewhere.
func residentBytes() int {
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	if err != nil {
		return 0
	}
	return pages * os.Getpagesize()
}
