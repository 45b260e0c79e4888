package value

import (
	"iter"
	"sync"
	"sync/atomic"

	"github.com/perturb-go/perturb/diagram"
)

// A share is some diagrams of a family, next to one another, that one worker weighs.
type share struct {
	diagrams []diagram.Diagram
	auts     []uint64
	terms    []Term
	err      error
}

// shareLength is the number of diagrams in a share: a millisecond's work or more.
const shareLength = 256

// weigh finds the terms of the diagrams.
func (s *share) weigh(w weigher, f family) {
	for i, d := range s.diagrams {
		count, err := f.weigh(w, d)
		if err != nil {
			s.err = err
			return
		}
		if count.Weight.Sign() != 0 {
			s.terms = append(s.terms, newTerm(d, s.auts[i], count, f.negative))
		}
	}
	s.diagrams, s.auts = nil, nil // the terms have what is left of them
}

// shares cuts a sequence of diagrams with the orders of their groups, without those that
// the observable does not allow.
func (o Observable) shares(seq iter.Seq2[diagram.Diagram, uint64]) iter.Seq[*share] {
	return func(yield func(*share) bool) {
		s := &share{}
		for d, aut := range seq {
			if !o.allows(d) {
				continue
			}
			s.diagrams, s.auts = append(s.diagrams, d), append(s.auts, aut)
			if len(s.diagrams) == shareLength {
				if !yield(s) {
					return
				}
				s = &share{}
			}
		}
		yield(s)
	}
}

// weighShares returns the terms of all shares in order, or the first share's error that has
// one, whatever the number of workers.
func (f family) weighShares(w weigher, shares iter.Seq[*share], workers int) ([]Term, error) {
	var failed atomic.Bool
	var group sync.WaitGroup
	work := make(chan *share, workers)
	for range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			for s := range work {
				if s.weigh(w, f); s.err != nil {
					failed.Store(true)
				}
			}
		}()
	}
	var list []*share
	for s := range shares {
		// Those before a share that failed are in the list by then, and will be weighed.
		if failed.Load() {
			break
		}
		list = append(list, s)
		work <- s
	}
	close(work)
	group.Wait()
	var terms []Term
	for _, s := range list {
		if s.err != nil {
			return nil, s.err
		}
		terms = append(terms, s.terms...)
	}
	return terms, nil
}
