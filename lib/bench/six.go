//go:build ignore

// Six: the six-structure table in real Go, with the work of six.ts. Standard library only.
//
//	go run six.go -procs=2 -durationMs=200 -longMs=1000 -holdMs=200 -rounds=5
//
// Prints one line of JSON: ns for an operation of all goroutines together (medians of the rounds), and the waits of a reader
// on a fixed schedule, from when each read was due and of the call alone.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

const (
	keys          = 1024
	shards        = 64
	readEvery     = 20 * time.Microsecond
	shortEvery    = time.Millisecond
	queueCapacity = 256
)

type store interface {
	read(key int) int
	write(key, value int)
	hold(key, value int, d time.Duration)
	close()
}

func filled() map[int]int {
	m := make(map[int]int, keys)
	for k := 0; k < keys; k++ {
		m[k] = k
	}
	return m
}

func clone(m map[int]int) map[int]int {
	c := make(map[int]int, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

type mutexMap struct {
	mu sync.Mutex
	m  map[int]int
}

func (s *mutexMap) read(k int) int { s.mu.Lock(); v := s.m[k]; s.mu.Unlock(); return v }
func (s *mutexMap) write(k, v int) { s.mu.Lock(); s.m[k] = v; s.mu.Unlock() }
func (s *mutexMap) hold(k, v int, d time.Duration) {
	s.mu.Lock()
	time.Sleep(d)
	s.m[k] = v
	s.mu.Unlock()
}
func (s *mutexMap) close() {}

type rwMap struct {
	mu sync.RWMutex
	m  map[int]int
	_  [64]byte
}

func (s *rwMap) read(k int) int { s.mu.RLock(); v := s.m[k]; s.mu.RUnlock(); return v }
func (s *rwMap) write(k, v int) { s.mu.Lock(); s.m[k] = v; s.mu.Unlock() }
func (s *rwMap) hold(k, v int, d time.Duration) {
	s.mu.Lock()
	time.Sleep(d)
	s.m[k] = v
	s.mu.Unlock()
}
func (s *rwMap) close() {}

type concurrentMap struct{ m sync.Map }

func (s *concurrentMap) read(k int) int                 { v, _ := s.m.Load(k); return v.(int) }
func (s *concurrentMap) write(k, v int)                 { s.m.Store(k, v) }
func (s *concurrentMap) hold(k, v int, d time.Duration) { time.Sleep(d); s.m.Store(k, v) }
func (s *concurrentMap) close()                         {}

type snapshotMap struct {
	p  atomic.Pointer[map[int]int]
	mu sync.Mutex
}

func (s *snapshotMap) read(k int) int { return (*s.p.Load())[k] }
func (s *snapshotMap) write(k, v int) {
	s.mu.Lock()
	next := clone(*s.p.Load())
	next[k] = v
	s.p.Store(&next)
	s.mu.Unlock()
}
func (s *snapshotMap) hold(k, v int, d time.Duration) { time.Sleep(d); s.write(k, v) }
func (s *snapshotMap) close()                         {}

type shardedMap [shards]rwMap

func (s *shardedMap) read(k int) int                 { return s[k&(shards-1)].read(k) }
func (s *shardedMap) write(k, v int)                 { s[k&(shards-1)].write(k, v) }
func (s *shardedMap) hold(k, v int, d time.Duration) { s[k&(shards-1)].hold(k, v, d) }
func (s *shardedMap) close()                         {}

type change struct{ k, v int }

type queueMap struct {
	p     atomic.Pointer[map[int]int]
	queue chan change
	done  chan struct{}
}

func newQueueMap() *queueMap {
	s := &queueMap{queue: make(chan change, queueCapacity), done: make(chan struct{})}
	m := filled()
	s.p.Store(&m)
	go func() {
		defer close(s.done)
		for c := range s.queue {
			next := clone(*s.p.Load())
			next[c.k] = c.v
			for more := true; more; {
				select {
				case c, ok := <-s.queue:
					if ok {
						next[c.k] = c.v
					}
					more = ok
				default:
					more = false
				}
			}
			s.p.Store(&next)
		}
	}()
	return s
}

func (s *queueMap) read(k int) int                 { return (*s.p.Load())[k] }
func (s *queueMap) write(k, v int)                 { s.queue <- change{k, v} }
func (s *queueMap) hold(k, v int, d time.Duration) { time.Sleep(d); s.write(k, v) }
func (s *queueMap) close()                         { close(s.queue); <-s.done }

var structures = []struct {
	name string
	make func() store
}{
	{"mutex", func() store { return &mutexMap{m: filled()} }},
	{"rwmutex", func() store { return &rwMap{m: filled()} }},
	{"concurrent", func() store {
		s := &concurrentMap{}
		for k := 0; k < keys; k++ {
			s.m.Store(k, k)
		}
		return s
	}},
	{"snapshot", func() store {
		s := &snapshotMap{}
		m := filled()
		s.p.Store(&m)
		return s
	}},
	{"sharded", func() store {
		s := &shardedMap{}
		for i := range s {
			s[i].m = map[int]int{}
		}
		for k := 0; k < keys; k++ {
			s.write(k, k)
		}
		return s
	}},
	{"copyonwrite", func() store { return newQueueMap() }},
}

type dice uint32

func (d *dice) roll() int {
	*d ^= *d << 13
	*d ^= *d >> 17
	*d ^= *d << 5
	return int(*d)
}

var sink atomic.Int64

// closed runs n goroutines in a closed loop and returns ns for an operation of all of them together.
func closed(fresh func() store, n, readPercent int, d time.Duration) float64 {
	s := fresh()
	defer s.close()
	var stop atomic.Bool
	var ops atomic.Int64
	var ready, done sync.WaitGroup
	gate := make(chan struct{})
	ready.Add(n)
	for g := 0; g < n; g++ {
		seed := dice(2463534242 + 7919*uint32(g))
		done.Add(1)
		go func() {
			defer done.Done()
			ready.Done()
			<-gate
			count, sum := 0, 0
			for !stop.Load() {
				for i := 0; i < 64; i++ {
					r := seed.roll()
					if (r>>10)%100 < readPercent {
						sum += s.read(r & (keys - 1))
					} else {
						s.write(r&(keys-1), i)
					}
				}
				count += 64
			}
			ops.Add(int64(count))
			sink.Add(int64(sum))
		}()
	}
	ready.Wait()
	begin := time.Now()
	close(gate)
	time.Sleep(d)
	stop.Store(true)
	done.Wait()
	return float64(time.Since(begin).Nanoseconds()) / float64(ops.Load())
}

type waits struct {
	P50Ns        float64 `json:"p50Ns"`
	P99Ns        float64 `json:"p99Ns"`
	MaxNs        float64 `json:"maxNs"`
	ServiceP99Ns float64 `json:"serviceP99Ns"`
}

// scheduled runs readers that are due every 20 us and one writer, and returns from when reads were due and the calls alone.
func scheduled(fresh func() store, readers int, writeEvery, hold, d time.Duration, corrected, service []float64) ([]float64, []float64) {
	s := fresh()
	defer s.close()
	var done sync.WaitGroup
	var mu sync.Mutex
	start := time.Now().Add(2 * time.Millisecond)
	for g := 0; g < readers; g++ {
		seed := dice(2463534242 + 7919*uint32(g))
		done.Add(1)
		go func() {
			defer done.Done()
			n := int(d / readEvery)
			mine, calls := make([]float64, n), make([]float64, n)
			sum := 0
			for i := 0; i < n; i++ {
				due := start.Add(time.Duration(i) * readEvery)
				for time.Now().Before(due) {
					runtime.Gosched()
				}
				begin := time.Now()
				sum += s.read(seed.roll() & (keys - 1))
				end := time.Now()
				mine[i] = float64(end.Sub(due).Nanoseconds())
				calls[i] = float64(end.Sub(begin).Nanoseconds())
			}
			sink.Add(int64(sum))
			mu.Lock()
			corrected = append(corrected, mine...)
			service = append(service, calls...)
			mu.Unlock()
		}()
	}
	done.Add(1)
	go func() {
		defer done.Done()
		seed := dice(99991)
		for i := 0; ; i++ {
			due := start.Add(writeEvery/2 + time.Duration(i)*writeEvery)
			if due.After(start.Add(d)) {
				return
			}
			time.Sleep(time.Until(due))
			if k := seed.roll() & (keys - 1); hold > 0 {
				s.hold(k, i, hold)
			} else {
				s.write(k, i)
			}
		}
	}()
	done.Wait()
	return corrected, service
}

func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func summary(corrected, service []float64) waits {
	sort.Float64s(corrected)
	sort.Float64s(service)
	return waits{quantile(corrected, 0.5), quantile(corrected, 0.99), quantile(corrected, 1), quantile(service, 0.99)}
}

func median(values []float64) float64 { sort.Float64s(values); return values[len(values)/2] }

type row struct {
	Structure   string  `json:"structure"`
	ReadAloneNs float64 `json:"readAloneNs"`
	ReadNs      float64 `json:"readNs"`
	Mixed95Ns   float64 `json:"mixed95Ns"`
	Mixed50Ns   float64 `json:"mixed50Ns"`
	Short       waits   `json:"short"`
	Long        waits   `json:"long"`
}

func main() {
	procs := flag.Int("procs", 2, "GOMAXPROCS, and as many goroutines")
	durationMs := flag.Int("durationMs", 200, "length of a round")
	longMs := flag.Int("longMs", 1000, "length of a round with the long write")
	holdMs := flag.Int("holdMs", 200, "how long the long write is held")
	rounds := flag.Int("rounds", 5, "rounds of each")
	flag.Parse()
	d := time.Duration(*durationMs) * time.Millisecond
	long, hold := time.Duration(*longMs)*time.Millisecond, time.Duration(*holdMs)*time.Millisecond
	readers := max(1, min(2, *procs-1))
	figures := make([][4][]float64, len(structures))
	waited := make([][4][]float64, len(structures))
	for round := 0; round < *rounds; round++ {
		for i := range structures {
			at := i
			if round%2 == 1 {
				at = len(structures) - 1 - i
			}
			s := structures[at]
			runtime.GOMAXPROCS(1)
			figures[at][0] = append(figures[at][0], closed(s.make, 1, 100, d))
			runtime.GOMAXPROCS(*procs)
			for j, percent := range []int{100, 95, 50} {
				figures[at][j+1] = append(figures[at][j+1], closed(s.make, *procs, percent, d))
			}
			w := &waited[at]
			w[0], w[1] = scheduled(s.make, readers, shortEvery, 0, d, w[0], w[1])
			w[2], w[3] = scheduled(s.make, readers, long, hold, long, w[2], w[3])
		}
	}
	rows := []row{}
	for i, s := range structures {
		f, w := figures[i], waited[i]
		rows = append(rows, row{s.name, median(f[0]), median(f[1]), median(f[2]), median(f[3]), summary(w[0], w[1]), summary(w[2], w[3])})
	}
	out := map[string]any{"version": runtime.Version(), "procs": *procs, "rows": rows}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
