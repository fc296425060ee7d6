// A reader takes its read lock twice; between, a writer has begun to wait.
package main

import (
	"sync"
	"time"
)

type Registry struct {
	mu    sync.RWMutex
	names []string
}

func (r *Registry) Size() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.names)
}

func (r *Registry) Report() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	time.Sleep(20 * time.Millisecond)
	return r.Size()
}

func (r *Registry) Add(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names = append(r.names, name)
}

func main() {
	r := &Registry{}
	done := make(chan int)
	go func() { done <- r.Report() }()
	time.Sleep(10 * time.Millisecond)
	go r.Add("x")
	<-done
}
