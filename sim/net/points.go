package net

import (
	"fmt"
	"sync"

	"github.com/perturb-go/perturb/sim/data"
)

// Points are the finitely many data of a landscape, each an input and a target. They are
// used by many goroutines at once.
type Points interface {
	// Name names the points: points of equal names are equal.
	Name() string
	// Len returns their number, at least 1.
	Len() int
	// Input sets dst to the input of point i, and Target to its target.
	Input(dst []float64, i int)
	Target(dst []float64, i int)
}

// Images returns labelled images as points. The input is the pixels, row by row, the
// channels of a pixel side by side; the target is 1 at the class and 0 elsewhere.
func Images(set *data.Set) Points { return &images{Set: set} }

// fits reports whether points are of the sizes that a model has, if they are images.
func fits(m Model, p Points) error {
	i, ok := p.(*images)
	if !ok || i.Shape().Size() == m.Inputs && i.Classes() == m.Targets {
		return nil
	}
	return fmt.Errorf("net: %s: images of %v in %d classes, for model %s of %d inputs and %d targets: %w",
		p.Name(), i.Shape(), i.Classes(), m.Name, m.Inputs, m.Targets, ErrPoints)
}

type images struct {
	*data.Set
	planes sync.Pool // of *[]float64, to sort pixels in
}

func (p *images) Input(dst []float64, i int) {
	s := p.Shape()
	if s.Channels == 1 {
		p.Image(dst, i)
		return
	}
	space, ok := p.planes.Get().(*[]float64)
	if !ok {
		fresh := make([]float64, len(dst))
		space = &fresh
	}
	defer p.planes.Put(space)
	planes := *space
	p.Image(planes, i)
	pixels := s.Height * s.Width
	for c := range s.Channels {
		for at, v := range planes[c*pixels : (c+1)*pixels] {
			dst[at*s.Channels+c] = v
		}
	}
}

func (p *images) Target(dst []float64, i int) {
	clear(dst)
	dst[p.Label(i)] = 1
}
