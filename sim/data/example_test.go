package data_test

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/perturb-go/perturb/sim/data"
)

// Ten training points of a population of a thousand, with no files at hand.
func Example() {
	set, err := data.Synthetic(data.Synthesis{Shape: data.CIFAR10.Shape(), Classes: 10, Points: 1000, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Source())

	r := rand.New(rand.NewPCG(1, 2))
	image := make([]float32, set.Shape().Size())
	var labels []int
	for range 10 {
		i := set.Draw(r)
		set.Image32(image, i) // what a network takes
		labels = append(labels, set.Label(i))
	}
	fmt.Println(len(image), "pixels; labels", labels)
	// Output:
	// synthetic, seed 1: 1000 images of 3×32×32 in 10 classes (made up, not real data)
	// 3072 pixels; labels [9 6 4 6 4 1 9 9 2 3]
}

// A folder without the files says which one it lacks.
func ExampleLoad() {
	set, err := data.Load(data.FashionMNIST, "no/such/folder", data.Options{Part: data.Test, Limit: 1000})
	if errors.Is(err, data.ErrNotFound) {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Source())
	// Output:
	// data: no/such/folder/t10k-images-idx3-ubyte: no such data file
}

// Four images of two pixels. Their levels are 0 or 255, half of them each, so that the mean
// is 1/2, the deviation is 1/2, and pixels become −1 and 1.
func ExampleNew() {
	set, err := data.New("corners", data.Shape{Channels: 1, Height: 1, Width: 2}, 2,
		[][]byte{{0, 0}, {0, 255}, {255, 0}, {255, 255}}, []uint8{0, 1, 1, 0})
	if err != nil {
		fmt.Println(err)
		return
	}
	image := make([]float64, 2)
	for i := range set.Len() {
		set.Image(image, i)
		fmt.Println(image, set.Label(i))
	}
	fmt.Println(set.Name())
	// Output:
	// [-1 -1] 0
	// [-1 1] 1
	// [1 -1] 1
	// [1 1] 0
	// corners, sha256 7266d14ec1912c386108b81a88c8b18d
}

// A problem of two classes: the label 7 becomes 0, and 2 becomes 1.
func ExampleSet_OfClasses() {
	set, err := data.Synthetic(data.Synthesis{Shape: data.FashionMNIST.Shape(), Classes: 10, Points: 1000})
	if err != nil {
		fmt.Println(err)
		return
	}
	two, err := set.OfClasses(7, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(two.Source())
	fmt.Println(two.Label(0), two.Label(1), "were", set.Label(2), set.Label(7))
	// Output:
	// classes 7 2 of synthetic, seed 0: 200 images of 1×28×28 in 2 classes (made up, not real data)
	// 1 0 were 2 7
}

// The constants that are often used for Fashion-MNIST, in place of the set's own.
func ExampleSet_Standardize() {
	set, err := data.Synthetic(data.Synthesis{Shape: data.FashionMNIST.Shape(), Classes: 10, Points: 1000})
	if err != nil {
		fmt.Println(err)
		return
	}
	fixed, err := set.Standardize(data.Standard{Mean: []float64{0.286}, Deviation: []float64{0.353}})
	fmt.Println(fixed.Standard(), err)
	// Output:
	// {[0.286] [0.353]} <nil>
}
