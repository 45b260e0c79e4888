package net

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/sim/data"
	"github.com/perturb-go/perturb/sim/net/expr"
)

// lenet are the hidden layers of the paper's convnets (P §C.2).
const lenet = "conv 5/2 10, tanh, conv 5/2 10, tanh, dense 10, tanh"

// Convnet returns the convolutional network of P §C.2: two convolutions with kernel 5,
// stride 2 and 10 channels, and dense layers to 10 units and to the classes, with tanh in
// between and cross entropy at the end; no biases. It has 5850 weights for 32×32 pixels
// of 3 channels, and 4450 for 28×28 of one, if there are 10 classes.
//
// The error wraps ErrModel if the images are too small.
func Convnet(image data.Shape, classes int) (Model, error) {
	return Classifier(image, classes, lenet)
}

// Logistic returns linear logistic regression: a single dense layer to the classes.
func Logistic(image data.Shape, classes int) (Model, error) { return Classifier(image, classes, "") }

// Small returns a small smooth network: one hidden layer of units with tanh, and biases
// nowhere. Where inputs, units and classes are few, all its tensors can be formed.
func Small(image data.Shape, units, classes int) (Model, error) {
	return Classifier(image, classes, fmt.Sprintf("dense %d, tanh", units))
}

// Classifier returns a network of the given hidden layers, followed by a dense layer to
// the classes and cross entropy. Layers are separated by commas:
//
//	conv 5/2 10    convolution by a 5×5 kernel with stride 2 to 10 channels, no padding
//	dense 10       linear map of all there is to 10 units
//	tanh           activation
//
// Linear layers have no biases. Each maps by √(2/(fan in + fan out)) times its weights,
// where a unit's fan in is the number of those it depends on, and the fan out, likewise,
// the number of output channels or units times the size of the kernel. So weights that
// are standard normal give the initialization of Glorot and Xavier, and the metric is the
// identity (P §C.2).
//
// The error is an *UnsupportedError for other layers, such as relu; or wraps ErrModel.
func Classifier(image data.Shape, classes int, layers string) (Model, error) {
	s := &stack{at: image, pixels: true}
	// Quotients, as the product of huge sides may be any number.
	if image.Height < 1 || image.Width < 1 || image.Channels < 1 ||
		image.Height > maxUnits/image.Width/image.Channels || classes < 2 || classes > maxUnits {
		return Model{}, fmt.Errorf("net: images of %v in %d classes: %w", image, classes, ErrModel)
	}
	for _, text := range strings.Split(layers, ",") {
		if text = strings.TrimSpace(text); text == "" && strings.TrimSpace(layers) == "" {
			continue
		}
		if err := s.add(text); err != nil {
			return Model{}, fmt.Errorf("net: layer %q: %w", text, err)
		}
	}
	if err := s.dense(classes); err != nil {
		return Model{}, fmt.Errorf("net: %w", err)
	}
	names := []string{image.String()}
	names = append(names, s.names...)
	return Model{
		Name:   strings.Join(names, ", "),
		Inputs: image.Size(), Targets: classes, Weights: s.weights,
		Build: func(b *expr.Builder, x, y *expr.Node, w []*expr.Node) (loss, scores *expr.Node) {
			for _, layer := range s.layers {
				x = layer(b, x, w)
			}
			return b.CrossEntropy(x, y), x
		},
	}, nil
}

// maxUnits bounds the units of a layer, maxWeights the weights of one, and maxPatches the
// numbers of all patches of an image.
const (
	maxUnits   = 1 << 20
	maxWeights = 1 << 24
	maxPatches = 1 << 26
)

// A stack is layers, one upon the other.
type stack struct {
	at      data.Shape // of what the last layer gives
	pixels  bool       // whether that is images, rather than rows of units
	names   []string
	weights []expr.Shape
	layers  []func(b *expr.Builder, x *expr.Node, w []*expr.Node) *expr.Node
}

func (s *stack) add(text string) error {
	words := strings.Fields(text)
	if len(words) == 0 {
		return fmt.Errorf("%w: expected conv, dense or tanh", ErrModel)
	}
	numbers, err := positive(words[1:])
	if err != nil {
		return err
	}
	switch word := strings.ToLower(words[0]); {
	case word == "tanh" && len(numbers) == 0:
		s.names = append(s.names, "tanh")
		s.layers = append(s.layers, func(b *expr.Builder, x *expr.Node, _ []*expr.Node) *expr.Node { return b.Tanh(x) })
		return nil
	case word == "dense" && len(numbers) == 1:
		return s.dense(numbers[0])
	case word == "conv" && len(numbers) == 3:
		return s.conv(numbers[0], numbers[1], numbers[2])
	case word == "tanh" || word == "dense" || word == "conv":
		return fmt.Errorf("%w: expected a form such as conv 5/2 10, dense 10 or tanh", ErrModel)
	default:
		return &UnsupportedError{Op: words[0]}
	}
}

// positive reads numbers, separated by spaces or slashes.
func positive(words []string) ([]int, error) {
	var numbers []int
	for _, word := range words {
		for _, digits := range strings.Split(word, "/") {
			n, err := strconv.Atoi(digits)
			if err != nil || n < 1 || n > maxUnits {
				return nil, fmt.Errorf("%w: %q is no positive number, or too large", ErrModel, digits)
			}
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}

// weigh adds a weight matrix and returns its index.
func (s *stack) weigh(rows, cols int) (int, error) {
	if rows > maxWeights/cols {
		return 0, fmt.Errorf("%w: %d×%d weights in one layer", ErrModel, rows, cols)
	}
	s.weights = append(s.weights, expr.Shape{Rows: rows, Cols: cols})
	return len(s.weights) - 1, nil
}

// glorot returns the deviation of weights at initialization.
func glorot(fanIn, fanOut int) float64 { return math.Sqrt(2 / float64(fanIn+fanOut)) }

func (s *stack) dense(units int) error {
	inputs := s.at.Size()
	i, err := s.weigh(units, inputs)
	if err != nil {
		return err
	}
	s.at, s.pixels = data.Shape{Height: 1, Width: 1, Channels: units}, false
	s.names = append(s.names, fmt.Sprintf("dense %d", units))
	s.layers = append(s.layers, func(b *expr.Builder, x *expr.Node, w []*expr.Node) *expr.Node {
		if b.Err() != nil {
			return nil
		}
		rows := x.Shape().TotalSize() / inputs
		return b.Linear(glorot(inputs, units), b.Reshape(x, rows, inputs), w[i])
	})
	return nil
}

func (s *stack) conv(side, stride, channels int) error {
	p := expr.Patch{Height: s.at.Height, Width: s.at.Width, Channels: s.at.Channels, Side: side, Stride: stride}
	if side > p.Height || side > p.Width {
		return fmt.Errorf("%w: the kernel does not fit %d×%d pixels", ErrModel, p.Height, p.Width)
	}
	if !s.pixels {
		return fmt.Errorf("%w: a convolution after a dense layer", ErrModel)
	}
	fanIn, fanOut := side*side*p.Channels, side*side*channels
	i, err := s.weigh(channels, fanIn)
	if err != nil {
		return err
	}
	down, across := p.Positions()
	if positions := down * across; positions > maxUnits/channels || positions > maxPatches/fanIn {
		return fmt.Errorf("%w: %d positions of the kernel are too many", ErrModel, positions)
	}
	s.at = data.Shape{Height: down, Width: across, Channels: channels}
	s.names = append(s.names, fmt.Sprintf("conv %d/%d %d", side, stride, channels))
	s.layers = append(s.layers, func(b *expr.Builder, x *expr.Node, w []*expr.Node) *expr.Node {
		if b.Err() != nil {
			return nil
		}
		pixels := x.Shape().TotalSize() / p.Channels
		return b.Linear(glorot(fanIn, fanOut), b.Patch(p, b.Reshape(x, pixels, p.Channels)), w[i])
	})
	return nil
}
