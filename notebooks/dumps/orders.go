// An order service with three locks: users, prices, risk. Each of its three paths holds one and takes the next, and no two
// agree on an order. A clock ticks on beside them, so Go's runtime does not notice that the service is dead.
package main

import (
	"os"
	"runtime/pprof"
	"sync"
	"time"
)

type Users struct {
	mu     sync.Mutex
	frozen map[int]bool
}

type Prices struct {
	mu    sync.RWMutex
	cents map[string]int
}

type Risk struct {
	mu    sync.Mutex
	limit int
}

// Freeze locks the user, then asks risk.
func (u *Users) Freeze(id int, r *Risk) {
	u.mu.Lock()
	defer u.mu.Unlock()
	time.Sleep(5 * time.Millisecond)
	u.frozen[id] = r.Limit() == 0
}

// Exists is what every request asks first.
func (u *Users) Exists(id int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return !u.frozen[id]
}

// Limit reads the limit.
func (r *Risk) Limit() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.limit
}

// Raise locks risk, then looks at a price.
func (r *Risk) Raise(p *Prices) {
	r.mu.Lock()
	defer r.mu.Unlock()
	time.Sleep(5 * time.Millisecond)
	r.limit += p.Of("book")
}

// Of reads a price.
func (p *Prices) Of(item string) int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.cents[item]
}

// Change locks the prices, then looks whether the user may do that.
func (p *Prices) Change(item string, cents int, u *Users) {
	p.mu.Lock()
	defer p.mu.Unlock()
	time.Sleep(5 * time.Millisecond)
	if u.Exists(7) {
		p.cents[item] = cents
	}
}

func main() {
	u, p, r := &Users{frozen: map[int]bool{}}, &Prices{cents: map[string]int{}}, &Risk{}
	go u.Freeze(7, r)
	go r.Raise(p)
	go p.Change("book", 1200, u)
	time.Sleep(20 * time.Millisecond)
	for id := range 3 {
		go u.Exists(id) // requests that come in later
	}
	for range time.Tick(100 * time.Millisecond) { // the part that still works
		pprof.Lookup("goroutine").WriteTo(os.Stdout, 2)
		return
	}
}
