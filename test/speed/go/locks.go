package main

import (
	"runtime"
	"sync"
)

func init() {
	register("mutex.uncontended", 1, lockFree)
	register("mutex.contended.2", 2, func(n int) int { return contend(2, n, false) })
	register("mutex.contended.100", 100, func(n int) int { return contend(100, n, false) })
	register("mutex.held.yield.2", 2, func(n int) int { return contend(2, n, true) })
	register("mutex.held.yield.100", 100, func(n int) int { return contend(100, n, true) })
	register("rwmutex.rlock.uncontended", 1, readLock)
	register("rwmutex.lock.uncontended", 1, writeLock)
	register("cond.pingpong", 1, condPingPong)
	register("semaphore.uncontended", 1, acquireFree)
	register("semaphore.held.yield.8of2", 8, eightOfTwo)
}

func lockFree(n int) int {
	var mu sync.Mutex
	count := 0
	for i := 0; i < n; i++ {
		mu.Lock()
		count++
		mu.Unlock()
	}
	return count
}

func contend(goroutines, n int, yields bool) int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	count := 0
	wg.Add(goroutines)
	for g := 0; g < goroutines; g++ {
		go func() {
			for i := 0; i < n; i++ {
				mu.Lock()
				before := count
				if yields {
					runtime.Gosched()
				}
				count = before + 1
				mu.Unlock()
			}
			wg.Done()
		}()
	}
	wg.Wait()
	return count
}

func readLock(n int) int {
	var mu sync.RWMutex
	count := 0
	for i := 0; i < n; i++ {
		mu.RLock()
		count++
		mu.RUnlock()
	}
	return count
}

func writeLock(n int) int {
	var mu sync.RWMutex
	count := 0
	for i := 0; i < n; i++ {
		mu.Lock()
		count++
		mu.Unlock()
	}
	return count
}

func condPingPong(n int) int {
	var mu sync.Mutex
	changed := sync.NewCond(&mu)
	isPing := true
	count := 0
	takeTurns := func(mine bool) {
		for i := 0; i < n; i++ {
			mu.Lock()
			for isPing != mine {
				changed.Wait()
			}
			isPing = !mine
			count++
			changed.Signal()
			mu.Unlock()
		}
	}
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		takeTurns(false)
		wg.Done()
	}()
	takeTurns(true)
	wg.Wait()
	return count
}

func acquireFree(n int) int {
	sem := newWeighted(1)
	count := 0
	for i := 0; i < n; i++ {
		sem.acquire(1)
		count++
		sem.release(1)
	}
	return count
}

func eightOfTwo(n int) int {
	sem := newWeighted(2)
	counts := make([]int, 8)
	var wg sync.WaitGroup
	wg.Add(8)
	for g := 0; g < 8; g++ {
		go func() {
			for i := 0; i < n; i++ {
				sem.acquire(1)
				runtime.Gosched()
				counts[g]++
				sem.release(1)
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
