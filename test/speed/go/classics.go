package main

const (
	ring   = 503
	primes = 2000
	leaves = 1_000_000
)

func init() {
	register("classic.threadring", 1, threadRing)
	register("classic.sieve2000", 1, sieves)
	register("classic.pipeline4", 1, pipeline)
	register("classic.fanout4", 1, fanOut)
	register("classic.skynet", 1, skynets)
}

func threadRing(hops int) int {
	done := make(chan int)
	first := make(chan int)
	from := first
	for id := 1; id <= ring; id++ {
		to := first
		if id < ring {
			to = make(chan int)
		}
		go func(from, to chan int) {
			for {
				left := <-from
				if left == 0 {
					done <- id
					return
				}
				to <- left - 1
			}
		}(from, to)
		from = to
	}
	first <- hops
	return <-done
}

// The filters of one turn stay parked behind those of the next: they cost memory, not time.
func sieves(times int) int {
	prime := 0
	for t := 0; t < times; t++ {
		prime = sieve()
	}
	return prime
}

func sieve() int {
	ch := make(chan int)
	go func(to chan<- int) {
		for i := 2; ; i++ {
			to <- i
		}
	}(ch)
	prime := 0
	for i := 0; i < primes; i++ {
		prime = <-ch
		next := make(chan int)
		go func(from <-chan int, to chan<- int, prime int) {
			for {
				if i := <-from; i%prime != 0 {
					to <- i
				}
			}
		}(ch, next, prime)
		ch = next
	}
	return prime
}

func produce(to chan<- int, n int) {
	for i := 0; i < n; i++ {
		to <- i
	}
	close(to)
}

func pipeline(n int) int {
	ch := make(chan int, 128)
	go produce(ch, n)
	for stage := 0; stage < 4; stage++ {
		next := make(chan int, 128)
		go func(from <-chan int, to chan<- int) {
			for v := range from {
				to <- v + 1
			}
			close(to)
		}(ch, next)
		ch = next
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-ch
	}
	return sum
}

func fanOut(n int) int {
	jobs, results := make(chan int, 128), make(chan int, 128)
	go produce(jobs, n)
	for w := 0; w < 4; w++ {
		go func() {
			for v := range jobs {
				results <- v
			}
		}()
	}
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-results
	}
	return sum
}

func skynet(to chan<- int, first, size int) {
	if size == 1 {
		to <- first
		return
	}
	mine := make(chan int)
	part := size / 10
	for i := 0; i < 10; i++ {
		go skynet(mine, first+i*part, part)
	}
	sum := 0
	for i := 0; i < 10; i++ {
		sum += <-mine
	}
	to <- sum
}

func skynets(times int) int {
	sum := 0
	for t := 0; t < times; t++ {
		result := make(chan int)
		go skynet(result, 0, leaves)
		sum += <-result
	}
	return sum
}
