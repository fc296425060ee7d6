package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// The twins of ../threads/rows, measured with GOMAXPROCS=2.
func init() {
	registerThreads("atomic.add.1", 1, func(n int) int { return addTogether(1, n) })
	registerThreads("atomic.add.2", 2, func(n int) int { return addTogether(2, n) })
	registerThreads("atomic.cas.1", 1, exchangeAlone)
	registerThreads("atomic.load.1", 1, loadAlone)
	registerThreads("rwmutex.rlock.2", 2, readTogether)
	registerThreads("thread.pingpong.spin", 1, spinPingPong)
	registerThreads("thread.pingpong.channel", 1, lockedPingPong)
	registerThreads("chan.mpmc.1x1", 1, func(n int) int { return manyToMany(1, n) })
	registerThreads("chan.mpmc.2x2", 2, func(n int) int { return manyToMany(2, n) })
	registerThreads("chan.values", 1, structValues)
	registerThreads("map.disjoint.1", 1, func(n int) int { return disjointKeys(1, n) })
	registerThreads("map.disjoint.2", 2, func(n int) int { return disjointKeys(2, n) })
	registerThreads("pool.trivial", poolWave, trivialTasks)
	registerThreads("team.start", 1, startTeams)
	registerThreads("mn.fanout.1", fanParts, func(times int) int { return fanOutCPU(times, 1) })
	registerThreads("mn.fanout.2", fanParts, func(times int) int { return fanOutCPU(times, 2) })
}

func registerThreads(name string, batch int, run func(times int) int) { register(name, batch, run) }

// together runs body on that many goroutines and adds up what they return.
func together(goroutines int, body func(id int) int) int {
	var wg sync.WaitGroup
	sums := make([]int, goroutines*8) // a cache line each
	for id := 0; id < goroutines; id++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sums[id*8] = body(id)
		}()
	}
	wg.Wait()
	sum := 0
	for _, s := range sums {
		sum += s
	}
	return sum
}

func addTogether(goroutines, n int) int {
	var cell atomic.Int32
	together(goroutines, func(int) int {
		for i := 0; i < n; i++ {
			cell.Add(1)
		}
		return 0
	})
	return int(cell.Load())
}

func exchangeAlone(n int) int {
	var cell atomic.Int32
	taken := 0
	for i := 0; i < n; i++ {
		if cell.CompareAndSwap(0, 1) {
			taken++
		}
		cell.CompareAndSwap(1, 0)
	}
	return taken
}

func loadAlone(n int) int {
	var cell atomic.Int32
	cell.Store(1)
	sum := 0
	for i := 0; i < n; i++ {
		sum += int(cell.Load())
	}
	return sum
}

func readTogether(n int) int {
	var mu sync.RWMutex
	return together(2, func(int) int {
		count := 0
		for i := 0; i < n; i++ {
			mu.RLock()
			count++
			mu.RUnlock()
		}
		return count
	})
}

func spinPingPong(n int) int {
	var words [32]atomic.Int64
	ping, pong := &words[0], &words[16]
	return together(2, func(id int) int {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for i := int64(1); i <= int64(n); i++ {
			if id == 0 {
				ping.Store(i)
				for pong.Load() != i {
				}
			} else {
				for ping.Load() != i {
				}
				pong.Store(i)
			}
		}
		if id == 0 {
			return n
		}
		return 0
	})
}

func lockedPingPong(n int) int {
	ping, pong := make(chan int), make(chan int)
	return together(2, func(id int) int {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		sum := 0
		for i := 0; i < n; i++ {
			if id == 0 {
				ping <- i
				sum += <-pong
			} else {
				pong <- <-ping
			}
		}
		return sum
	})
}

func manyToMany(pairs, n int) int {
	ch := make(chan int, 1024)
	return together(2*pairs, func(id int) int {
		sum := 0
		for i := 0; i < n; i++ {
			if id < pairs {
				ch <- i
			} else {
				sum += <-ch
			}
		}
		return sum
	})
}

type order struct {
	id    int
	name  string
	price float64
}

func structValues(n int) int {
	ch := make(chan order, 64)
	return together(2, func(id int) int {
		sum := 0
		for i := 0; i < n; i++ {
			if id == 0 {
				ch <- order{i, "order", 3.5}
			} else {
				sum += (<-ch).id
			}
		}
		return sum
	})
}

func disjointKeys(goroutines, n int) int {
	var m sync.Map
	return together(goroutines, func(id int) int {
		sum := 0
		for i := 0; i < n; i++ {
			key := id*1024 + i%1024
			m.Store(key, i)
			v, _ := m.Load(key)
			sum += v.(int)
		}
		return sum
	})
}

const poolWave = 100_000

func trivialTasks(waves int) int {
	jobs, results := make(chan int, poolWave), make(chan int, poolWave)
	for w := 0; w < 2; w++ {
		go func() {
			for x := range jobs {
				results <- x + 1
			}
		}()
	}
	sum := 0
	for wave := 0; wave < waves; wave++ {
		for i := 0; i < poolWave; i++ {
			jobs <- i
		}
		for i := 0; i < poolWave; i++ {
			sum += <-results
		}
	}
	close(jobs)
	return sum
}

func startTeams(n int) int {
	sum := 0
	for i := 0; i < n; i++ {
		sum += together(2, func(int) int { return 1 })
	}
	return sum
}

const fanParts = 64

func fanOutCPU(times, procs int) int {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
	done := make(chan int, fanParts)
	sum := 0
	for t := 0; t < times; t++ {
		for id := 1; id <= fanParts; id++ {
			go func() {
				x := int32(id)
				for i := 0; i < 200_000; i++ {
					x = x*1_103_515_245 + 12_345
				}
				if x == 0 {
					done <- 0
				} else {
					done <- 1
				}
			}()
		}
		for id := 1; id <= fanParts; id++ {
			sum += <-done
		}
	}
	return sum
}
