package main

import "sync"

func init() {
	register("chan.pingpong", 1, pingPong)
	register("chan.buffered128.int", 1, buffered)
	register("chan.buffered128.pointer", 1, bufferedItems)
	register("chan.uncontended", 1, uncontended)
	register("select.recv2.alternate", 1, selectRecv2)
	register("select.send2.alternate", 1, selectSend2)
	register("select.bothready", 1, selectBothReady)
	register("select.default2", 1, selectDefault2)
	register("select.default1", 1, selectDefault1)
}

func pingPong(n int) int {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for i := 0; i < n; i++ {
			pong <- <-ping
		}
	}()
	sum := 0
	for i := 0; i < n; i++ {
		ping <- i
		sum += <-pong
	}
	return sum
}

func buffered(n int) int {
	ch := make(chan int, 128)
	go func() {
		for i := 0; i < n; i++ {
			ch <- i
		}
	}()
	sum := 0
	for i := 0; i < n; i++ {
		sum += <-ch
	}
	return sum
}

type item struct{ i int }

func bufferedItems(n int) int {
	ch := make(chan *item, 128)
	go func() {
		for i := 0; i < n; i++ {
			ch <- &item{i}
		}
	}()
	sum := 0
	for i := 0; i < n; i++ {
		sum += (<-ch).i
	}
	return sum
}

func uncontended(n int) int {
	ch := make(chan int, 1)
	sum := 0
	for i := 0; i < n; i++ {
		ch <- i
		sum += <-ch
	}
	return sum
}

func selectRecv2(n int) int {
	a, b := make(chan int), make(chan int)
	go func() {
		for i := 0; i < n; i++ {
			if i%2 == 0 {
				a <- i
			} else {
				b <- i
			}
		}
	}()
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += v
		}
	}
	return sum
}

func selectSend2(n int) int {
	a, b := make(chan int), make(chan int)
	sum := 0
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		for i := 0; i < n; i++ {
			if i%2 == 0 {
				sum += <-a
			} else {
				sum += <-b
			}
		}
		wg.Done()
	}()
	for i := 0; i < n; i++ {
		select {
		case a <- i:
		case b <- i:
		}
	}
	wg.Wait()
	return sum
}

func selectBothReady(n int) int {
	a, b := make(chan int, 1), make(chan int, 1)
	a <- 1
	b <- 1
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case v := <-a:
			sum += v
			a <- 1
		case v := <-b:
			sum += v
			b <- 1
		}
	}
	return sum
}

func selectDefault2(n int) int {
	a, b := make(chan int), make(chan int)
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case <-a:
		case <-b:
			sum++
		default:
			sum += 2
		}
	}
	return sum
}

func selectDefault1(n int) int {
	a := make(chan int)
	sum := 0
	for i := 0; i < n; i++ {
		select {
		case <-a:
		default:
			sum++
		}
	}
	return sum
}
