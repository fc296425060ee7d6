package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

const wave = 100_000

func init() {
	register("spawn.waitgroup", wave, func(times int) int { return waves(times, false) })
	register("spawn.yield.join", wave, func(times int) int { return waves(times, true) })
	register("spawn.sequential", 1, oneByOne)
	register("gosched.2", 2, func(n int) int { return yielding(2, n) })
	register("gosched.1000", 1000, func(n int) int { return yielding(1000, n) })
	register("memory.parked1M", 1, parkAll)
}

func waves(times int, yields bool) int {
	var count atomic.Int64
	for w := 0; w < times; w++ {
		var wg sync.WaitGroup
		wg.Add(wave)
		for i := 0; i < wave; i++ {
			go func() {
				if yields {
					runtime.Gosched()
				}
				count.Add(1)
				wg.Done()
			}()
		}
		wg.Wait()
	}
	return int(count.Load())
}

func oneByOne(n int) int {
	count := 0
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func() {
			count++
			wg.Done()
		}()
		wg.Wait()
	}
	return count
}

func yielding(goroutines, n int) int {
	counts := make([]int, goroutines)
	var wg sync.WaitGroup
	wg.Add(goroutines)
	for g := 0; g < goroutines; g++ {
		go func() {
			for i := 0; i < n; i++ {
				counts[g]++
				runtime.Gosched()
			}
			wg.Done()
		}()
	}
	wg.Wait()
	sum := 0
	for _, c := range counts {
		sum += c
	}
	return sum
}

// Kept reachable, so that the goroutines of the memory row stay.
var parkedOn chan int

func parkAll(n int) int {
	parkedOn = make(chan int)
	var count atomic.Int64
	for i := 0; i < n; i++ {
		go func() {
			count.Add(1)
			<-parkedOn
		}()
	}
	for int(count.Load()) < n {
		runtime.Gosched()
	}
	return int(count.Load())
}
