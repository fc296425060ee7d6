package main

import (
	"container/list"
	"context"
	"sync"
)

// weighted is a weighted semaphore with the steps of golang.org/x/sync/semaphore.Weighted (the standard library has
// none): a mutex, a counter, a FIFO list of waiters with a channel each, and a look at the context.
type weighted struct {
	mu      sync.Mutex
	size    int64
	cur     int64
	waiters list.List
	ctx     context.Context
}

type waiter struct {
	n     int64
	ready chan struct{}
}

func newWeighted(n int64) *weighted {
	return &weighted{size: n, ctx: context.Background()}
}

func (s *weighted) acquire(n int64) {
	done := s.ctx.Done()
	s.mu.Lock()
	select {
	case <-done:
		s.mu.Unlock()
		return
	default:
	}
	if s.size-s.cur >= n && s.waiters.Len() == 0 {
		s.cur += n
		s.mu.Unlock()
		return
	}
	ready := make(chan struct{})
	s.waiters.PushBack(waiter{n, ready})
	s.mu.Unlock()
	select {
	case <-done:
	case <-ready:
	}
}

func (s *weighted) release(n int64) {
	s.mu.Lock()
	s.cur -= n
	for {
		next := s.waiters.Front()
		if next == nil {
			break
		}
		w := next.Value.(waiter)
		if s.size-s.cur < w.n {
			break
		}
		s.cur += w.n
		s.waiters.Remove(next)
		close(w.ready)
	}
	s.mu.Unlock()
}
