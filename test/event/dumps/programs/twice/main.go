// The same goroutine locks twice: the caller holds what the callee asks for.
package main

import "sync"

type Store struct {
	hits  int
	mu    sync.Mutex
	items map[string]int
}

func (s *Store) Count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.items)
}

func (s *Store) Put(key string, n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[key] = n
	return s.Count()
}

func main() {
	s := &Store{items: map[string]int{}}
	s.Put("a", 1)
}
