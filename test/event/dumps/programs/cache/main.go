// A server that stands still: its cache's lock is held by a goroutine that waits for a channel nobody reads.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"
)

type Cache struct {
	hits  int
	mu    sync.RWMutex
	items map[string]string
}

func (c *Cache) Get(key string) string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.items[key]
}

func (c *Cache) Refresh(updates chan<- string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.items["k"] = "v"
	updates <- "k"
}

func handle(c *Cache, id int) string {
	return c.Get("k")
}

func pinned(stop <-chan struct{}) {
	runtime.LockOSThread()
	<-stop
}

func main() {
	handlers := 40
	if len(os.Args) > 3 {
		handlers = 3
	}
	c := &Cache{items: map[string]string{}}
	updates := make(chan string)
	stop := make(chan struct{})
	pprof.Do(context.Background(), pprof.Labels("job", "refresh", "shard", "7"), func(context.Context) {
		go c.Refresh(updates)
	})
	time.Sleep(10 * time.Millisecond)
	for i := range handlers {
		go handle(c, i)
	}
	go pinned(stop)
	go func() {
		var cond = sync.NewCond(&sync.Mutex{})
		cond.L.Lock()
		cond.Wait()
	}()
	go func() {
		select {
		case <-stop:
		case <-time.After(time.Hour):
		}
	}()
	go func() {
		for {
			time.Sleep(time.Hour)
		}
	}()
	wait := 20 * time.Millisecond
	if len(os.Args) > 1 {
		wait, _ = time.ParseDuration(os.Args[1])
	}
	if len(os.Args) > 2 && os.Args[2] == "pprof" {
		time.Sleep(wait)
		pprof.Lookup("goroutine").WriteTo(os.Stdout, 2)
		return
	}
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, syscall.SIGUSR1)
	time.Sleep(wait)
	syscall.Kill(os.Getpid(), syscall.SIGQUIT)
	<-ch
}
