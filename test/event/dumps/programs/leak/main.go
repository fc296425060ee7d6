// A goroutine that nobody can wake any more, found by the garbage collector.
package main

import (
	"fmt"
	"os"
	"runtime/pprof"
	"time"
)

func fetch() {
	ch := make(chan int)
	go func() { ch <- 1 }()
}

func main() {
	fetch()
	time.Sleep(10 * time.Millisecond)
	p := pprof.Lookup("goroutineleak")
	if p == nil {
		fmt.Println("no goroutineleak profile")
		return
	}
	p.WriteTo(os.Stdout, 2)
}
