package tensor_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

func TestPlanErrors(t *testing.T) {
	many := make([][]int, tensor.MaxFactors+1)
	for _, test := range []struct {
		name   string
		dim    int
		labels [][]int
		open   []int
		want   error
		text   string
	}{
		{"dimension", 0, nil, nil, tensor.ErrShape, "dimension 0"},
		{"once and not open", 2, [][]int{{0, 7}, {0}}, nil, tensor.ErrLabel, "label 7"},
		{"three times", 2, [][]int{{4}, {4}, {4}}, nil, tensor.ErrLabel, "label 4 occurs 3 times"},
		{"twice and open", 2, [][]int{{4}, {4}}, []int{4}, tensor.ErrLabel, "open label 4"},
		{"open and nowhere", 2, [][]int{{4}}, []int{4, 5}, tensor.ErrLabel, "open label 5 occurs 0 times"},
		{"open twice", 2, [][]int{{4}}, []int{4, 4}, tensor.ErrLabel, "label 4 is open twice"},
		{"large factor", 100, [][]int{{0, 0, 1, 1, 2, 2}}, nil, tensor.ErrTooLarge, "1000000000000 elements"},
		{"large result", 100, [][]int{{0, 1, 2}, {3, 4}}, []int{0, 1, 2, 3, 4}, tensor.ErrTooLarge, "10000000000 elements"},
		{"large intermediate", 100, [][]int{{0, 1, 2}, {3, 4, 5}, {0, 1, 3}, {2, 4, 5}, {6, 7, 8}, {6, 9, 10}, {7, 9, 11}, {8, 10, 11}}, nil, tensor.ErrTooLarge, "intermediate"},
		{"many factors", 2, many, nil, tensor.ErrTooLarge, "257 factors"},
	} {
		_, err := tensor.PlanContraction(test.dim, test.labels, test.open)
		if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
			t.Errorf("%s: %v; want %v with %q", test.name, err, test.want, test.text)
		}
	}
}

func TestPlanString(t *testing.T) {
	for _, test := range []struct {
		labels  [][]int
		open    []int
		cost    int64
		largest int
		text    string
	}{
		{nil, nil, 0, 1, "1: 0 multiplications, at most 1 elements"},
		{[][]int{{0, 1}}, []int{1, 0}, 0, 16, "0: 0 multiplications, at most 16 elements"},
		{[][]int{{0, 1, 1}}, []int{0}, 0, 4, "0: 0 multiplications, at most 4 elements"},
		// A(Bv) takes 16 + 16 multiplications where (AB)v takes 64 + 16.
		{[][]int{{0, 1}, {1, 2}, {2}}, []int{0}, 32, 4, "(0 (1 2)): 32 multiplications, at most 4 elements"},
	} {
		plan, err := tensor.PlanContraction(4, test.labels, test.open)
		if err != nil {
			t.Errorf("%v → %v: %v", test.labels, test.open, err)
			continue
		}
		if plan.Cost() != test.cost || plan.Largest() != test.largest || plan.String() != test.text {
			t.Errorf("%v → %v: %d, %d, %v; want %d, %d, %s", test.labels, test.open, plan.Cost(), plan.Largest(), plan, test.cost, test.largest, test.text)
		}
	}
}

// TestPlanIsOptimal compares with all sequences of pairwise products, tried one by one
// on the labels themselves.
func TestPlanIsOptimal(t *testing.T) {
	const dim = 3
	var cheapest func(tensors [][]int) int64
	cheapest = func(tensors [][]int) int64 {
		if len(tensors) <= 1 {
			return 0
		}
		best := int64(math.MaxInt64)
		for i, a := range tensors {
			for j, b := range tensors[:i] {
				var free []int // labels of the product
				union := len(a)
				for _, label := range a {
					if !slices.Contains(b, label) {
						free = append(free, label)
					}
				}
				for _, label := range b {
					if !slices.Contains(a, label) {
						free = append(free, label)
						union++
					}
				}
				rest := [][]int{free}
				for k, other := range tensors {
					if k != i && k != j {
						rest = append(rest, other)
					}
				}
				best = min(best, int64(pow(dim, union))+cheapest(rest))
			}
		}
		return best
	}
	rapid.Check(t, func(t *rapid.T) {
		labels, open := drawNetwork(t, rapid.IntRange(1, 5).Draw(t, "factors"), rapid.IntRange(0, 7).Draw(t, "edges"))
		plan := must(tensor.PlanContraction(dim, labels, open))
		tensors := make([][]int, len(labels)) // after traces
		for i, l := range labels {
			for _, label := range l {
				if n := len(slices.DeleteFunc(slices.Clone(l), func(x int) bool { return x != label })); n == 1 {
					tensors[i] = append(tensors[i], label)
				}
			}
		}
		if want := cheapest(tensors); plan.Cost() != want {
			t.Fatalf("%v → %v: %v, want %d multiplications", labels, open, plan, want)
		}
	})
}

// TestPlanGreedy plans the trace of a long product of matrices: a ring of n factors
// takes n−2 matrix products and a last sum.
func TestPlanGreedy(t *testing.T) {
	const dim, n = 5, tensor.MaxFactors
	labels := make([][]int, n)
	for i := range labels {
		labels[i] = []int{i, (i + 1) % n}
	}
	plan := must(tensor.PlanContraction(dim, labels, nil))
	if want := int64((n-2)*dim*dim*dim + dim*dim); plan.Cost() != want || plan.Largest() != dim*dim {
		t.Errorf("%d multiplications and %d elements, want %d and %d", plan.Cost(), plan.Largest(), want, dim*dim)
	}
}

func BenchmarkPlanContraction(b *testing.B) {
	for name, n := range map[string]int{"factors=4": 4, "factors=8": 8, "factors=10": 10, "factors=11": 11, "factors=64": 64} {
		labels := make([][]int, n)
		for i := range labels {
			labels[i] = []int{i, (i + 1) % n}
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := tensor.PlanContraction(3, labels, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
