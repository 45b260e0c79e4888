package embed_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/perturb-go/perturb/diagram"
	"github.com/perturb-go/perturb/embed"
	"github.com/perturb-go/perturb/internal/stops"
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
	// What was counted by the end of a context comes with its error.
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	list := upTo(5)
	got, err := c.CountAll(ctx, list, embed.Cumulant, 2)
	if !errors.Is(err, context.DeadlineExceeded) || len(got) != len(list) || got[0].Maps == nil || got[len(got)-1].Maps != nil {
		t.Fatalf("after the end of the context: %d counts, %v", len(got), err)
	}
	for i, n := range got {
		if n.Maps != nil && n.Weight.Cmp(count(t, c, list[i], embed.Cumulant).Weight) != 0 {
			t.Errorf("%v: got %v", list[i], n)
		}
	}
}

// Long calls end soon after their context, early on as well as in the midst of their longest
// steps.
func TestLongCallsStop(t *testing.T) {
	list := upTo(5)
	crossed := diagram.MustParse("(02-13-4)(01-12-24-34)")
	ragged, large := raggedGrid(1000, 1000, 5000), raggedGrid(1000, 1000, 40000)
	reshuffled := must(embed.RandomReshuffles(30, 20, 2))
	crossing := embed.NewCounter(large)
	long := embed.NewCounter(raggedGrid(3, 400009, 600000))
	for name, do := range map[string]func(ctx context.Context) error{
		"CountAll": func(ctx context.Context) error {
			_, err := embed.NewCounter(ragged).CountAll(ctx, list, embed.Moment, 2)
			return err
		},
		"CountAll, long rows": func(ctx context.Context) error {
			_, err := long.CountAll(ctx, list, embed.Cumulant, 2)
			return err
		},
		"Count, interlocked": func(ctx context.Context) error {
			_, err := crossing.Count(ctx, crossed, embed.Cumulant)
			return err
		},
		"Count, regular": func(ctx context.Context) error {
			_, err := embed.NewCounter(must(embed.SGD(100, 20, 5))).Count(ctx, interlocked(), embed.Cumulant)
			return err
		},
		"Count, reshuffled": func(ctx context.Context) error {
			_, err := reshuffled.Count(ctx, corolla(12), embed.Cumulant)
			return err
		},
		"Count, reshuffled, one sum": func(ctx context.Context) error {
			_, err := reshuffled.Count(ctx, corolla(12), embed.Moment)
			return err
		},
		"ReshuffledWeight": func(ctx context.Context) error {
			_, err := embed.ReshuffledWeight(ctx, corolla(8), embed.Cumulant)
			return err
		},
		"Polynomials": func(ctx context.Context) error {
			_, _, err := embed.Polynomials(ctx, chain(18), embed.Cumulant)
			return err
		},
		"EmbeddingPolynomials": func(ctx context.Context) error {
			_, err := embed.EmbeddingPolynomials(ctx, corolla(7), embed.Cumulant)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, after := range []time.Duration{5 * time.Millisecond, 120 * time.Millisecond} {
				stops.Check(t, after, do)
			}
		})
	}
}
