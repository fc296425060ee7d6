// The rows of speed.mjs in Go, for GOMAXPROCS 1 and 2.
package main

import (
	"fmt"
	"runtime"
	"sort"
	"sync"
	"time"
)

const rounds = 5

func skynet(out chan int, num, size int) {
	if size == 1 {
		out <- num
		return
	}
	sums := make(chan int)
	for i := 0; i < 10; i++ {
		go skynet(sums, num+i*size/10, size/10)
	}
	sum := 0
	for i := 0; i < 10; i++ {
		sum += <-sums
	}
	out <- sum
}

func filter(from, to chan int, prime int) {
	for {
		if i := <-from; i%prime != 0 {
			to <- i
		}
	}
}

var rows = []struct {
	name string
	run  func() float64
}{
	{"skynet ms", func() float64 {
		start := time.Now()
		out := make(chan int)
		go skynet(out, 0, 1000000)
		<-out
		return float64(time.Since(start).Nanoseconds()) / 1e6
	}},
	{"sieve 1000 ms", func() float64 {
		start := time.Now()
		ch := make(chan int)
		go func(out chan int) {
			for i := 2; ; i++ {
				out <- i
			}
		}(ch)
		for i := 0; i < 1000; i++ {
			prime := <-ch
			next := make(chan int)
			go filter(ch, next, prime)
			ch = next
		}
		return float64(time.Since(start).Nanoseconds()) / 1e6
	}},
	{"goroutine ns", func() float64 {
		var wg sync.WaitGroup
		start := time.Now()
		for i := 0; i < 200000; i++ {
			wg.Add(1)
			go wg.Done()
		}
		wg.Wait()
		return float64(time.Since(start).Nanoseconds()) / 200000
	}},
	{"ping-pong ns", func() float64 {
		a, b := make(chan int), make(chan int)
		go func() {
			for v := range a {
				b <- v
			}
		}()
		start := time.Now()
		for i := 0; i < 100000; i++ {
			a <- i
			<-b
		}
		close(a)
		return float64(time.Since(start).Nanoseconds()) / 100000
	}},
	{"item, 128 places ns", func() float64 {
		ch := make(chan int, 128)
		start := time.Now()
		go func() {
			for i := 0; i < 500000; i++ {
				ch <- i
			}
			close(ch)
		}()
		count := 0
		for range ch {
			count++
		}
		return float64(time.Since(start).Nanoseconds()) / float64(count)
	}},
}

func main() {
	for _, row := range rows {
		medians := map[int]float64{}
		for _, procs := range []int{1, 2} {
			runtime.GOMAXPROCS(procs)
			var seen []float64
			for i := 0; i < rounds; i++ {
				seen = append(seen, row.run())
			}
			sort.Float64s(seen)
			medians[procs] = seen[rounds/2]
		}
		fmt.Printf("Go %-19s p1 %.1f  p2 %.1f\n", row.name, medians[1], medians[2])
	}
}
