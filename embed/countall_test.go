package embed_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
)

// Any number of workers gives the counts that one Count after the other does.
func TestCountAll(t *testing.T) {
	diagrams := ofAllKinds(4, 2)
	for _, s := range []space{sgd(12, 3, 2), smallSpaces()[15]} {
		for _, form := range forms {
			want := embed.NewCounter(s.grid)
			for _, workers := range []int{-1, 0, 1, 2, 7, 1000} {
				got, err := embed.NewCounter(s.grid).CountAll(context.Background(), diagrams, form, workers)
				if err != nil || len(got) != len(diagrams) {
					t.Fatalf("%v, %d workers: %d counts, %v", s, workers, len(got), err)
				}
				for i, d := range diagrams {
					want := count(t, want, d, form)
					if got[i].Maps.Cmp(want.Maps) != 0 || got[i].Weight.Cmp(want.Weight) != 0 {
						t.Errorf("%v, %v, %d workers: got %v, want %v", s, d, workers, got[i], want)
					}
				}
			}
		}
	}
	if got, err := embed.NewCounter(embed.Grid{}).CountAll(context.Background(), nil, embed.Cumulant, 0); len(got) != 0 || err != nil {
		t.Errorf("no diagrams: got %v, %v", got, err)
	}
}

func TestCountAllErrors(t *testing.T) {
	c := embed.NewCounter(raggedGrid(1000, 1000, 5000))
	leaf := diagram.MustParse("(0-1)(01)")
	crossed := diagram.MustParse("(03-14-25-6)(01-12-26-34-45-56)")
	diagrams := []diagram.Diagram{leaf, leaf, interlocked(), leaf, chain(13), crossed}
	for _, workers := range []int{1, 2, 6} {
		_, err := c.CountAll(context.Background(), diagrams, embed.Cumulant, workers)
		if !errors.Is(err, embed.ErrTooLarge) || !strings.Contains(err.Error(), interlocked().String()) {
			t.Errorf("%d workers: got %v, want the error of %v", workers, err, interlocked())
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.CountAll(ctx, upTo(5), embed.Cumulant, 2); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after the end of the context: %v", err)
	}
}
