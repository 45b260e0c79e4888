// Package network reads from a command line which network, on which images and at which
// initial weights, is the landscape.
package network

import (
	"errors"
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/perturb-go/perturb/sim/data"
	"github.com/perturb-go/perturb/sim/net"
)

// ErrChoice reports flags that choose no network, or images that cannot be had.
var ErrChoice = errors.New("no such network")

// Models are the names of the models.
var Models = []string{"convnet", "logistic", "small"}

// A Choice is what the flags say, but for the model.
type Choice struct {
	data, format, init     string
	points, classes, units int
	seed                   uint64
	custom                 bool
}

// Flags adds the flags to a set.
func Flags(f *flag.FlagSet) *Choice {
	c := &Choice{}
	f.StringVar(&c.data, "data", synthetic, "the images of a network: synthetic, or the files in a folder `DIR`")
	f.StringVar(&c.format, "format", "", "cifar10, fashion-mnist, or the shape of synthetic images, such as 1x28x28; as found in DIR unless given")
	f.IntVar(&c.points, "points", 0, "how many images, the first of them, are the population; 0 is 1000 synthetic ones, 100 for a small model, and all in DIR")
	f.IntVar(&c.classes, "classes", 0, "how many classes, the first of them; 0 is 10, and 2 for a small model")
	f.IntVar(&c.units, "units", 2, "hidden units of a small model")
	f.StringVar(&c.init, "init", "", "initial weights: the `NUMBER` of a draw from the standard normal distribution, or origin; that of logistic unless given, else 0")
	f.Uint64Var(&c.seed, "data-seed", 1, "the seed of synthetic images")
	f.BoolVar(&c.custom, "custom", false, "accept files of the format in DIR that are not the published ones")
	return c
}

const synthetic = "synthetic"

// A Network is a landscape with initial weights.
type Network struct {
	*net.Landscape
	Start []float64
	// Source says, for people, what it is: the model, the initial weights and where the
	// images are from. Networks of equal sources have equal values.
	Source string
}

// Open returns the network of a model. The error wraps ErrChoice.
func (c *Choice) Open(model string, precision net.Precision) (*Network, error) {
	n, err := c.open(model, precision)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrChoice, err)
	}
	return n, nil
}

func (c *Choice) open(model string, precision net.Precision) (*Network, error) {
	if !slices.Contains(Models, model) {
		return nil, fmt.Errorf("%.40q: expected %s", model, strings.Join(Models, ", "))
	}
	set, err := c.images(model)
	if err != nil {
		return nil, err
	}
	var m net.Model
	switch model {
	case "convnet":
		m, err = net.Convnet(set.Shape(), set.Classes())
	case "logistic":
		m, err = net.Logistic(set.Shape(), set.Classes())
	case "small":
		m, err = net.Small(set.Shape(), c.units, set.Classes())
	}
	if err != nil {
		return nil, err
	}
	l, err := net.New(m, net.Images(set), precision)
	if err != nil {
		return nil, err
	}
	init := c.init
	if init == "" {
		init = "0"
		if model == "logistic" {
			init = origin
		}
	}
	start, err := initial(m, init)
	if err != nil {
		return nil, err
	}
	return &Network{l, start, fmt.Sprintf("%s at init %s; %s", m.Name, init, set.Source())}, nil
}

const origin = "origin"

func initial(m net.Model, init string) ([]float64, error) {
	if init == origin {
		return make([]float64, m.Dim()), nil
	}
	seed, err := strconv.ParseUint(init, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("-init %.40q: expected a number or %s", init, origin)
	}
	return m.Start(seed), nil
}

// images returns the population.
func (c *Choice) images(model string) (*data.Set, error) {
	if c.points < 0 || c.classes < 0 {
		return nil, fmt.Errorf("%d points, %d classes: expected 0 or more", c.points, c.classes)
	}
	if c.data == synthetic {
		return c.synthesis(model)
	}
	set, err := c.load()
	if err != nil || c.classes == 0 {
		return set, err
	}
	first := make([]int, min(c.classes, set.Classes()+1)) // of one class too many, OfClasses says so
	for k := range first {
		first[k] = k
	}
	return set.OfClasses(first...)
}

// synthesis makes images up.
func (c *Choice) synthesis(model string) (*data.Set, error) {
	s := data.Synthesis{Shape: data.FashionMNIST.Shape(), Classes: 10, Points: 1000, Seed: c.seed}
	if model == "small" {
		s = data.Synthesis{Shape: data.Shape{Channels: 1, Height: 3, Width: 3}, Classes: 2, Points: 100, Seed: c.seed}
	}
	if c.points > 0 {
		s.Points = c.points
	}
	if c.classes > 0 {
		s.Classes = c.classes
	}
	if c.format != "" {
		var err error
		if s.Shape, err = shape(c.format); err != nil {
			return nil, err
		}
	}
	return data.Synthetic(s)
}

// shape reads the name of a format, or a shape such as 1x28x28.
func shape(text string) (data.Shape, error) {
	if f, err := data.ParseFormat(text); err == nil {
		return f.Shape(), nil
	}
	var sides [3]int
	words := strings.FieldsFunc(text, func(r rune) bool { return r == 'x' || r == '×' })
	for i := range sides {
		if len(words) != len(sides) {
			return data.Shape{}, fmt.Errorf("-format %.40q: expected cifar10, fashion-mnist or a shape such as 1x28x28", text)
		}
		var err error
		if sides[i], err = strconv.Atoi(words[i]); err != nil {
			return data.Shape{}, fmt.Errorf("-format %.40q: %.20q is no number", text, words[i])
		}
	}
	return data.Shape{Channels: sides[0], Height: sides[1], Width: sides[2]}, nil
}

// load reads files of the given format, or else of the first that the folder has.
func (c *Choice) load() (*data.Set, error) {
	o := data.Options{Limit: c.points, Custom: c.custom}
	if c.format != "" {
		f, err := data.ParseFormat(c.format)
		if err != nil {
			return nil, fmt.Errorf("-format: %w", err)
		}
		return data.Load(f, c.data, o)
	}
	set, err := data.Load(data.FashionMNIST, c.data, o)
	if errors.Is(err, data.ErrNotFound) {
		set, err = data.Load(data.CIFAR10, c.data, o)
		if errors.Is(err, data.ErrNotFound) {
			err = fmt.Errorf("-data %.80s: expected %s, or a folder with the files of cifar10 or fashion-mnist: %w", c.data, synthetic, data.ErrNotFound)
		}
	}
	return set, err
}
