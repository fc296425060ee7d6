// A data race, then a deadlock, in one output.
package main

import (
	"fmt"
	"time"
)

type Counter struct{ n int }

func (c *Counter) add() { c.n++ }

func main() {
	c := &Counter{}
	done := make(chan bool)
	go func() { c.add() }()
	c.add()
	time.Sleep(10 * time.Millisecond)
	fmt.Println("counted", c.n)
	<-done
}
