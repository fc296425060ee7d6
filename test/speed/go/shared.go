package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

const (
	keys     = 1024
	children = 1000
	others   = 10_000
	among    = 100_000
)

func init() {
	register("waitgroup.adddone", 1, addDone)
	register("once.do.fast", 1, doOnce)
	register("pool.getput", 1, getPut)
	register("map.mutex+map.load", 1, lockedMap)
	register("map.sync.Map.load", 1, mapLoad)
	register("map.sync.Map.store", 1, mapStore)
	register("context.cancel.child", 1, cancelChild)
	register("context.timeout.cancel", 1, cancelTimeout)
	register("context.value.depth10", 1, valueOfDepth10)
	register("context.fanout1000", children, fanOutContexts)
	register("timer.create.stop", 1, createStop)
	register("timer.create.stop.10k", among, createStopAmong)
	register("timer.afterfunc.fire100k", wave, fire)
}

func addDone(n int) int {
	var wg sync.WaitGroup
	count := 0
	for i := 0; i < n; i++ {
		wg.Add(1)
		count++
		wg.Done()
	}
	wg.Wait()
	return count
}

func doOnce(n int) int {
	var once sync.Once
	count := 0
	f := func() { count++ }
	for i := 0; i < n; i++ {
		once.Do(f)
	}
	return count
}

type pooled struct{ used int }

func getPut(n int) int {
	pool := sync.Pool{New: func() any { return new(pooled) }}
	sum := 0
	for i := 0; i < n; i++ {
		b := pool.Get().(*pooled)
		b.used = 1
		sum += b.used
		pool.Put(b)
	}
	return sum
}

func lockedMap(n int) int {
	var mu sync.Mutex
	m := make(map[int]int)
	for i := 0; i < keys; i++ {
		m[i] = 1
	}
	sum := 0
	for i := 0; i < n; i++ {
		mu.Lock()
		sum += m[i&(keys-1)]
		mu.Unlock()
	}
	return sum
}

func mapLoad(n int) int {
	var m sync.Map
	for i := 0; i < keys; i++ {
		m.Store(i, 1)
	}
	sum := 0
	for i := 0; i < n; i++ {
		v, _ := m.Load(i & (keys - 1))
		sum += v.(int)
	}
	return sum
}

func mapStore(n int) int {
	var m sync.Map
	for i := 0; i < n; i++ {
		m.Store(i&(keys-1), i)
	}
	v, _ := m.Load((n - 1) & (keys - 1))
	return v.(int)
}

func cancelChild(n int) int {
	parent, stop := context.WithCancel(context.Background())
	defer stop()
	count := 0
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithCancel(parent)
		cancel()
		if ctx.Err() != nil {
			count++
		}
	}
	return count
}

func cancelTimeout(n int) int {
	parent, stop := context.WithCancel(context.Background())
	defer stop()
	count := 0
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithTimeout(parent, time.Hour)
		cancel()
		if ctx.Err() != nil {
			count++
		}
	}
	return count
}

type key struct{ i int }

func valueOfDepth10(n int) int {
	ctx := context.Background()
	for i := 0; i < 10; i++ {
		ctx = context.WithValue(ctx, key{i}, 1)
	}
	var deepest any = key{0}
	sum := 0
	for i := 0; i < n; i++ {
		sum += ctx.Value(deepest).(int)
	}
	return sum
}

func fanOutContexts(times int) int {
	count := 0
	kids := make([]context.Context, children)
	unused := make([]context.CancelFunc, children)
	for w := 0; w < times; w++ {
		parent, cancel := context.WithCancel(context.Background())
		for i := range kids {
			kids[i], unused[i] = context.WithCancel(parent) // the parent ends them
		}
		cancel()
		for _, kid := range kids {
			if kid.Err() != nil {
				count++
			}
		}
	}
	return count
}

func createStop(n int) int {
	stopped := 0
	for i := 0; i < n; i++ {
		if time.NewTimer(time.Hour).Stop() {
			stopped++
		}
	}
	return stopped
}

func createStopAmong(n int) int {
	pending := make([]*time.Timer, others)
	for i := range pending {
		pending[i] = time.NewTimer(time.Hour + time.Duration(i)*time.Millisecond)
	}
	stopped := createStop(n * among)
	for _, t := range pending {
		t.Stop()
	}
	return stopped
}

func fire(times int) int {
	var fired atomic.Int64
	var wg sync.WaitGroup
	done := func() {
		fired.Add(1)
		wg.Done()
	}
	for w := 0; w < times; w++ {
		wg.Add(wave)
		for i := 0; i < wave; i++ {
			time.AfterFunc(time.Millisecond, done)
		}
		wg.Wait()
	}
	return int(fired.Load())
}
