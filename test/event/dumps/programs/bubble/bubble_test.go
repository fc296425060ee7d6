package bubble

import (
	"sync"
	"testing"
	"testing/synctest"
)

func TestBubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ch := make(chan int)
		var mu sync.Mutex
		mu.Lock()
		go func() { ch <- 1 }()
		var wg sync.WaitGroup
		wg.Add(1)
		wg.Wait()
	})
}
