package diagram

import (
	"context"
	"slices"
	"sync"
)

// A stretch is a piece of an enumeration for one worker: the partitions of a host that
// begin with some parts.
type stretch struct {
	host  *host
	given []byte
	found chan *finding
}

// A finding is what a worker found on a stretch.
type finding struct {
	length int
	texts  []string // of codes of that length
	orders []uint64
	whole  bool // false if the worker was told to stop
}

func (f *finding) yield(yield func(Diagram, uint64) bool) bool {
	orders := f.orders
	for _, text := range f.texts {
		count := len(text) / f.length
		if !eachOf(f.length, text, orders[:count], yield) {
			return false
		}
		orders = orders[count:]
	}
	return true
}

// The stretches that the workers are on have at most inHand diagrams together or, if the
// workers are many, stretchLength each. Up to ten stretches per worker are in memory, of 28
// bytes for each diagram with 9 edges; if they were shorter, the heap would be so small, and
// garbage collected so often, that workers would spend a tenth of their time waiting for it.
const (
	inHand        = 1 << 16
	stretchLength = 1 << 13
)

// share is enumerate with workers. One goroutine cuts the enumeration into stretches,
// which the workers take in turn; the caller's yields what they found, in order.
func (o Options) share(ctx context.Context, edges int, weigh bool, yield func(Diagram, uint64) bool) {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	work := make(chan stretch, o.Workers)
	queue := make(chan stretch, 8*o.Workers)
	free := make(chan *finding, 10*o.Workers)
	group.Add(1 + o.Workers)
	go func() {
		defer group.Done()
		defer close(queue)
		defer close(work)
		length := max(inHand/o.Workers, stretchLength)
		o.cut(edges, length, &pulse{ctx: ctx}, func(h *host, given []byte) bool {
			s := stretch{h, slices.Clone(given), make(chan *finding, 1)}
			for _, to := range []chan<- stretch{queue, work} {
				select {
				case to <- s:
				case <-ctx.Done():
					return false
				}
			}
			return true
		})
	}()
	for range o.Workers {
		go func() {
			defer group.Done()
			follow(work, free, &pulse{ctx: ctx}, weigh)
		}()
	}
	for s := range queue {
		var f *finding
		select {
		case f = <-s.found:
		case <-ctx.Done():
			return
		}
		if !f.yield(yield) || !f.whole {
			return
		}
		select {
		case free <- f:
		default:
		}
	}
}

// cut yields the stretches of an enumeration, of bounded length, in order: a host, and the
// parts of its first nodes, in a slice that is used again.
func (o Options) cut(edges, length int, p *pulse, yield func(h *host, given []byte) bool) {
	more := true
	g := assigner{pulse: p}
	g.split = func(v, parts int) bool {
		if o.MaxPart != 1 && completions(g.places-v, parts, length) > length {
			return false
		}
		more = more && yield(g.host, g.part[:v])
		return true
	}
	o.trees(edges, p, func(levels []byte) bool {
		h := new(host)
		h.set(levels, o)
		g.settle(h)
		return g.run() && more
	})
}

// follow finds the diagrams on the stretches that come. It may use free findings again.
func follow(work <-chan stretch, free <-chan *finding, p *pulse, weigh bool) {
	var f *finding
	g := assigner{pulse: p, weigh: weigh}
	g.hand = func(length int, codes string, orders []uint64) bool {
		f.length, f.texts, f.orders = length, append(f.texts, codes), append(f.orders, orders...)
		return true
	}
	for s := range work {
		select {
		case f = <-free:
			f.texts, f.orders = f.texts[:0], f.orders[:0]
		default:
			f = new(finding)
		}
		if g.host != s.host {
			g.settle(s.host)
		}
		g.given = s.given
		f.whole = g.run()
		s.found <- f
	}
}

// completions returns the number of ways in which more nodes can join some parts or open
// new ones, or a number above most if that is.
func completions(nodes, parts, most int) int {
	if nodes == 0 {
		return 1
	}
	if parts > most || nodes > 12 { // Bell(12) > inHand
		return most + 1
	}
	n := parts*completions(nodes-1, parts, most) + completions(nodes-1, parts+1, most)
	return min(n, most+1)
}
