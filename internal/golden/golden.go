// Package golden holds exact known values for the tests of several packages.
//
// Every number was computed by a program unrelated to this module, in exact
// arithmetic and by brute force: running descent on every training set, listing every
// diagram, listing every embedding. The files, in testdata:
//
//   - series.json: for ten grids and polynomial landscapes, the power series in η of
//     the expected test loss, train loss, gap and displacement, of the variance of the
//     test loss and of the covariance of the weights ([Series]).
//   - diagrams.json: the numbers of diagrams by edges, and lists of the small ones with
//     the orders of their automorphism groups ([Diagrams]).
//   - embeddings.json: for four grids, the weighted number of embeddings of every
//     diagram with at most three edges ([Embeddings]).
//   - dynamics.json: the series of the expected test loss, and train loss where there is
//     one, under other dynamics than SGD on a given grid ([Dynamics]).
//
// Each call decodes its file afresh, so the caller may change what it gets.
package golden

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"math/big"
)

//go:embed testdata
var files embed.FS

// A Cell is one cell of a grid: row N is used in the update of column T with this weight.
type Cell struct {
	N, T   int
	Weight *big.Rat
}

// A Grid has N rows, T columns and a set of cells, each at most once.
type Grid struct {
	N, T  int
	Cells []Cell
}

// A Term is Coef · Π_μ θ_μ^{Exp[μ]}.
type Term struct {
	Coef *big.Rat
	Exp  []int
}

// A Datum is a datapoint: its probability and its loss, a sum of terms. Coefficients
// may be zero.
type Datum struct {
	Prob *big.Rat
	Loss []Term
}

// A Landscape is a distribution over polynomial losses in Dim variables, with the point
// Theta at which descent starts.
type Landscape struct {
	Dim   int
	Theta []*big.Rat
	Data  []Datum
}

// A SeriesCase is a grid and a landscape with the series of their observables. The
// metric is the identity.
type SeriesCase struct {
	Name      string
	Grid      Grid
	Landscape Landscape
	Order     int
	Series    Observables
}

// Observables holds truncated power series in η: the innermost index k of each field is
// that of the coefficient of η^k, k = 0, …, Order. All are over training sets.
type Observables struct {
	Test  []*big.Rat // E[l(θ_T)]
	Train []*big.Rat // E of the mean of l_n(θ_T) over the N rows
	Gap   []*big.Rat // test − train

	Displacement     [][]*big.Rat   // E[θ_T − θ_0], by component
	TestLossVariance []*big.Rat     `json:"variance of test loss"` // Var[l(θ_T)]
	Covariance       [][][]*big.Rat `json:"covariance of weights"` // Cov[θ_T^μ, θ_T^ν], by μ and ν
}

// Series returns the cases of series.json.
func Series() []SeriesCase { return read[[]SeriesCase]("series.json") }

// A Diagram is a diagram in the notation (parts)(edges), such as (01-2-3)(02-12-23),
// with its number of edges and the order of its automorphism group.
type Diagram struct {
	Edges int
	Text  string `json:"diagram"`
	Aut   int
}

// DiagramLists holds what is known about the diagrams with few edges. In the counts,
// element d is for d edges. Tied means that the root shares its part, bridged that some
// part meets both of two distinguishable trees. The lists name one diagram of each
// isomorphism class, not always in its canonical form.
type DiagramLists struct {
	Count        []int // root alone in its part
	RootedTrees  []int `json:"rooted trees"` // with d edges, so d+1 nodes
	TiedCount    []int `json:"tied count"`
	BridgedCount []int `json:"bridged two-rooted count"`

	Diagrams []Diagram // root alone, up to 4 edges
	Tied     []Diagram `json:"tied diagrams"`               // up to 3 edges
	Bridged  []Diagram `json:"bridged two-rooted diagrams"` // up to 3 edges
}

// Diagrams returns the lists of diagrams.json.
func Diagrams() DiagramLists { return read[DiagramLists]("diagrams.json") }

// An EmbeddingCase is a grid with, for each diagram (root alone, up to 3 edges, in the
// notation of [Diagram]), its weighted number of embeddings W/|Aut|: the sum over the
// maps of its non-root nodes to cells, times increasing to the root and each part in
// one row, of the product of the cells' weights, over the order of its automorphism
// group. Different parts may share a row.
type EmbeddingCase struct {
	Name     string
	Grid     Grid
	Weighted map[string]*big.Rat `json:"weighted embeddings"`
}

// Embeddings returns the cases of embeddings.json.
func Embeddings() []EmbeddingCase { return read[[]EmbeddingCase]("embeddings.json") }

// A DynamicsCase is a landscape with the series of its expected losses under one of the
// dynamics of [DynamicsLists]. T is the number of steps, or the time over η; N, E and B
// are those of reshuffled SGD.
type DynamicsCase struct {
	Landscape Landscape
	T         int64
	N, E, B   int64
	Order     int
	Test      []*big.Rat
	Train     []*big.Rat
}

// DynamicsLists holds cases of gradient flow, of the Itô equation with the noise of
// batch size 1, of SGD with Gaussian noise of the same covariance, and of SGD that
// reshuffles its training set at random for each epoch.
type DynamicsLists struct {
	ODE, SDE, Gaussian, Reshuffled []DynamicsCase
}

// Dynamics returns the lists of dynamics.json.
func Dynamics() DynamicsLists { return read[DynamicsLists]("dynamics.json") }

// read decodes a file of testdata, and panics if it cannot: the files are part of the
// package.
func read[T any](name string) T {
	text, err := files.ReadFile("testdata/" + name)
	if err != nil {
		panic(fmt.Sprintf("golden: %v", err))
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var v T
	if err := dec.Decode(&v); err != nil {
		panic(fmt.Sprintf("golden: %s: %v", name, err))
	}
	return v
}
