// Two goroutines take two locks in opposite orders; a third waits for both.
package main

import (
	"sync"
	"time"
)

type Account struct {
	name    string
	balance int
	mu      sync.Mutex
}

func transfer(from, to *Account, amount int) {
	from.mu.Lock()
	defer from.mu.Unlock()
	time.Sleep(10 * time.Millisecond)
	to.mu.Lock()
	defer to.mu.Unlock()
	from.balance -= amount
	to.balance += amount
}

func main() {
	a, b := &Account{name: "a", balance: 100}, &Account{name: "b", balance: 100}
	var wg sync.WaitGroup
	wg.Go(func() { transfer(a, b, 10) })
	wg.Go(func() { transfer(b, a, 20) })
	wg.Wait()
}
