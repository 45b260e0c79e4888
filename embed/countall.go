package embed

import (
	"context"
	"runtime"
	"sync"

	"github.com/perturb-go/perturb/diagram"
)

// CountAll returns the counts of many diagrams, in their order: what Count returns for each,
// whatever the number of workers. That many are counted at a time, or one per processor that
// Go may use if workers is less than 1.
//
// The error is that of the first diagram which has one. If it is the context's, the counts
// that there were by then come with it, among others whose Maps are nil.
func (c *Counter) CountAll(ctx context.Context, diagrams []diagram.Diagram, form Form, workers int) ([]Count, error) {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	counts := make([]Count, len(diagrams))
	next := queue{left: len(diagrams)}
	var group sync.WaitGroup
	for range min(workers, len(diagrams)) {
		group.Add(1)
		go func() {
			defer group.Done()
			for {
				i, ok := next.take()
				if !ok {
					return
				}
				count, err := c.Count(ctx, diagrams[i], form)
				if err != nil {
					next.fail(i, err)
					return
				}
				counts[i] = count
			}
		}()
	}
	group.Wait()
	if next.err != nil && ctx.Err() == nil {
		return nil, next.err
	}
	return counts, next.err
}

// A queue hands out indices in increasing order, until one fails. Those before it have been
// handed out by then, so that the first of all failures is known in the end.
type queue struct {
	mu       sync.Mutex
	at, left int
	failed   int
	err      error
}

func (q *queue) take() (i int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.left == 0 || q.err != nil {
		return 0, false
	}
	q.at++
	q.left--
	return q.at - 1, true
}

func (q *queue) fail(i int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil || i < q.failed {
		q.failed, q.err = i, err
	}
}
