package expr

import "fmt"

// Patch lays out the patches of images that a convolution sees. The operand has a row for
// every pixel of images of the given height and width, and a column for every channel.
// The result has a row for every position of a Side×Side window that moves by Stride, and
// stays inside the image; its columns are the window's pixels, row by row, and their
// channels.
type Patch struct {
	Height, Width, Channels int
	Side, Stride            int
}

// Positions returns the numbers of positions of the window, down and across.
func (k Patch) Positions() (down, across int) {
	return (k.Height-k.Side)/k.Stride + 1, (k.Width-k.Side)/k.Stride + 1
}

func (k Patch) String() string {
	return fmt.Sprintf("patch %d×%d/%d of %d×%d×%d", k.Side, k.Side, k.Stride, k.Height, k.Width, k.Channels)
}

func (Patch) arity() int { return 1 }

func (k Patch) valid() bool {
	return k.Channels > 0 && k.Side > 0 && k.Stride > 0 && k.Side <= k.Height && k.Side <= k.Width
}

func (k Patch) shape(in []Shape) (Shape, error) {
	x := in[0]
	if !k.valid() || x.Cols != k.Channels || x.Rows%(k.Height*k.Width) != 0 {
		return Shape{}, ErrShape
	}
	down, across := k.Positions()
	images := x.Rows / (k.Height * k.Width)
	return Shape{images * down * across, k.Side * k.Side * k.Channels}, nil
}

// visit calls f for every row of a window: where it is in the patches, and in the images.
// Both are runs of Side·Channels elements.
func (k Patch) visit(images int, f func(patch, image int)) {
	down, across := k.Positions()
	run := k.Side * k.Channels
	patch := 0
	for b := range images {
		for i := range down {
			for j := range across {
				for r := range k.Side {
					f(patch, ((b*k.Height+i*k.Stride+r)*k.Width+j*k.Stride)*k.Channels)
					patch += run
				}
			}
		}
	}
}

func (k Patch) eval(in []matrix, out matrix) {
	run := k.Side * k.Channels
	k.visit(in[0].rows/(k.Height*k.Width), func(patch, image int) {
		copy(out.data[patch:patch+run], in[0].data[image:])
	})
}

func (k Patch) pullback(b *Builder, _ []*Node, _, grad *Node, _ []bool) []*Node {
	return []*Node{b.Apply(Fold(k), grad)}
}

func (k Patch) jet(l *lifter, in []Jet) Jet { return l.linear(k, in[0]) }

// Fold is the adjoint of Patch: it adds up patches to images.
type Fold Patch

func (k Fold) String() string { return "fold of " + Patch(k).String() }

func (Fold) arity() int { return 1 }

func (k Fold) shape(in []Shape) (Shape, error) {
	p := Patch(k)
	if !p.valid() {
		return Shape{}, ErrShape
	}
	down, across := p.Positions()
	x := in[0]
	if x.Cols != k.Side*k.Side*k.Channels || x.Rows%(down*across) != 0 {
		return Shape{}, ErrShape
	}
	return Shape{x.Rows / (down * across) * k.Height * k.Width, k.Channels}, nil
}

func (k Fold) eval(in []matrix, out matrix) {
	run := k.Side * k.Channels
	Patch(k).visit(out.rows/(k.Height*k.Width), func(patch, image int) {
		for i, v := range in[0].data[patch : patch+run] {
			out.data[image+i] += v
		}
	})
}

func (k Fold) pullback(b *Builder, _ []*Node, _, grad *Node, _ []bool) []*Node {
	return []*Node{b.Apply(Patch(k), grad)}
}

func (k Fold) jet(l *lifter, in []Jet) Jet { return l.linear(k, in[0]) }
