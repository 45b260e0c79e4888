package tensor_test

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"github.com/perturb-go/perturb/tensor"
	"pgregory.net/rapid"
)

// drawOrders draws orders whose sum is at most rank.
func drawOrders(t *rapid.T, maxNodes, rank int) []int {
	var orders []int
	for range rapid.IntRange(0, maxNodes).Draw(t, "nodes") {
		k := rapid.IntRange(0, min(rank, 2)).Draw(t, "order")
		rank -= k
		orders = append(orders, k)
	}
	return orders
}

// axesOf returns the first axis of each node, and the rank.
func axesOf(orders []int) ([]int, int) {
	first := make([]int, len(orders))
	rank := 0
	for i, k := range orders {
		first[i] = rank
		rank += k
	}
	return first, rank
}

// partitionCumulant is Σ_π (−1)^{|π|−1} (|π|−1)! Π_{part∈π} E[Π_{i∈part} …], element by
// element.
func partitionCumulant(s tensor.Statistics[*big.Rat], orders []int) *tensor.Dense[*big.Rat] {
	first, rank := axesOf(orders)
	var data []*big.Rat
	for _, index := range indices(s.Dim(), rank) {
		sum := new(big.Rat)
		for _, parts := range partitions(len(orders)) {
			if len(parts) == 0 {
				continue
			}
			v := new(big.Rat).SetInt(new(big.Int).MulRange(1, int64(len(parts)-1)))
			if len(parts)%2 == 0 {
				v.Neg(v)
			}
			for _, part := range parts {
				var sub, at []int
				for _, i := range part {
					sub = append(sub, orders[i])
					at = append(at, index[first[i]:first[i]+orders[i]]...)
				}
				v.Mul(v, must(s.Moment(sub)).At(at...))
			}
			sum.Add(sum, v)
		}
		data = append(data, sum)
	}
	return must(tensor.FromSlice(s.Dim(), rank, data))
}

func TestCumulant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawFinite(t, 2).Statistics()
		orders := drawOrders(t, 4, 4)
		want := partitionCumulant(s, orders)
		for name, s := range map[string]tensor.Statistics[*big.Rat]{"plain": s, "cached": tensor.Cache(s)} {
			got, err := tensor.Cumulant(exact, s, orders)
			if err != nil || !same(got, want) {
				t.Fatalf("%s: cumulant %v is %v, %v; want %v", name, orders, got, err, want)
			}
		}
		rounded, err := tensor.Cumulant(mobius.Float64{}, tensor.Convert(mobius.Float64{}, s), orders)
		if err != nil {
			t.Fatal(err)
		}
		checkClose(t, rounded, floats(want), 1e-15)
	})
}

// TestCumulantOfNoNoise: with one datum, or all data alike, nothing varies.
func TestCumulantOfNoNoise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dim := rapid.IntRange(1, 2).Draw(t, "dim")
		loss := drawPolynomial(t, dim, 3)
		data := []tensor.Datum{{Prob: q("1/3"), Loss: loss}, {Prob: q("2/3"), Loss: loss}}
		s := must(tensor.NewFinite(drawRats(t, dim), data)).Statistics()
		orders := drawOrders(t, 4, 4)
		if len(orders) < 2 {
			return
		}
		for _, v := range must(tensor.Cumulant(exact, s, orders)).Data() {
			if v.Sign() != 0 {
				t.Fatalf("cumulant %v has an element %v, want 0", orders, v)
			}
		}
	})
}

// TestArrangement checks that swapping orders swaps the axes.
func TestArrangement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := tensor.Cache(drawFinite(t, 2).Statistics())
		orders := drawOrders(t, 3, 4)
		nodes := rapid.Permutation(indices(len(orders), 1)).Draw(t, "nodes")
		var swapped, axes []int
		first, _ := axesOf(orders)
		for i := range orders {
			k := orders[nodes[i][0]]
			swapped = append(swapped, k)
			for a := range k {
				axes = append(axes, first[nodes[i][0]]+a)
			}
		}
		moment := must(must(s.Moment(orders)).Permute(axes...))
		if got := must(s.Moment(swapped)); !same(got, moment) {
			t.Fatalf("moment %v is %v, want that of %v, %v", swapped, got, orders, moment)
		}
		cumulant := must(must(tensor.Cumulant(exact, s, orders)).Permute(axes...))
		if got := must(tensor.Cumulant(exact, s, swapped)); !same(got, cumulant) {
			t.Fatalf("cumulant %v is %v, want that of %v, %v", swapped, got, orders, cumulant)
		}
	})
}

// counted counts the moments that are computed.
type counted struct {
	tensor.Statistics[*big.Rat]
	mu    sync.Mutex
	calls map[string]int
}

func (c *counted) Moment(orders []int) (*tensor.Dense[*big.Rat], error) {
	c.mu.Lock()
	c.calls[fmt.Sprint(orders)]++
	c.mu.Unlock()
	return c.Statistics.Moment(orders)
}

func TestCache(t *testing.T) {
	f := must(tensor.ParseLandscape([]byte(twoPoints)))
	c := &counted{Statistics: f.Statistics(), calls: make(map[string]int)}
	s := tensor.Cache[*big.Rat](c)
	if tensor.Cache(s) != s {
		t.Error("a cache is cached again")
	}
	var group sync.WaitGroup
	for range 8 {
		for _, orders := range [][]int{{1, 2}, {2, 1}, {1, 1, 1}, {2, 1, 1}, {1, 2, 1}, nil} {
			group.Add(1)
			go func() {
				defer group.Done()
				given := slices.Clone(orders)
				if _, err := s.Moment(given); err != nil {
					t.Error(err)
				}
				if _, err := tensor.Cumulant(exact, s, given); err != nil {
					t.Error(err)
				}
				if !slices.Equal(given, orders) {
					t.Errorf("orders %v were changed to %v", orders, given)
				}
			}()
		}
	}
	group.Wait()
	for orders, n := range c.calls {
		if n != 1 {
			t.Errorf("moment %s was computed %d times", orders, n)
		}
	}
	if c.calls["[1 2]"] != 1 || c.calls["[2 1]"] != 0 {
		t.Errorf("moments computed: %v", c.calls)
	}
}

func TestStatisticsErrors(t *testing.T) {
	f := must(tensor.ParseLandscape([]byte(twoPoints))).Statistics()
	g := must(tensor.ParseLandscape([]byte(product))).Statistics()
	for name, s := range map[string]tensor.Statistics[*big.Rat]{"finite": f, "gaussian": g, "cached": tensor.Cache(f)} {
		for _, test := range []struct {
			orders []int
			want   error
			text   string
		}{
			{[]int{1, -1}, tensor.ErrOrder, "-1"},
			{[]int{40, 40}, tensor.ErrTooLarge, "80"},
			{[]int{1 << 40}, tensor.ErrTooLarge, "1099511627776"},
		} {
			if _, err := s.Moment(test.orders); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%s: moment %v: %v; want %v with %q", name, test.orders, err, test.want, test.text)
			}
			if _, err := tensor.Cumulant(exact, s, test.orders); !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%s: cumulant %v: %v; want %v with %q", name, test.orders, err, test.want, test.text)
			}
		}
		if _, err := tensor.Cumulant(exact, s, make([]int, tensor.MaxNodes+1)); !errors.Is(err, tensor.ErrTooLarge) {
			t.Errorf("%s: cumulant of 13 nodes: %v", name, err)
		}
	}
	huge := must(tensor.ParseLandscape([]byte(`{"dim": 1, "theta": [0], "data": [{"prob": 1, "loss": [{"coef": 1e400, "exp": [0]}]}]}`)))
	if _, err := tensor.Convert(mobius.Float64{}, huge.Statistics()).Moment([]int{0}); !errors.Is(err, tensor.ErrValue) {
		t.Errorf("1e400 as float64: %v, want %v", err, tensor.ErrValue)
	}
	if _, err := tensor.Cumulant(exact, wrongShape{f}, []int{1, 1}); !errors.Is(err, tensor.ErrShape) {
		t.Errorf("moments of the wrong shape: %v, want %v", err, tensor.ErrShape)
	}
}

// wrongShape breaks the contract of Statistics.
type wrongShape struct{ tensor.Statistics[*big.Rat] }

func (wrongShape) Moment([]int) (*tensor.Dense[*big.Rat], error) {
	return tensor.Scalar(1, new(big.Rat))
}

func TestNamedStatistics(t *testing.T) {
	s := must(tensor.ParseLandscape([]byte(twoPoints))).Statistics()
	for _, test := range []struct {
		name string
		got  *tensor.Dense[*big.Rat]
		want *tensor.Dense[*big.Rat]
	}{
		{"G", must(tensor.Gradient(s)), must(s.Moment([]int{1}))},
		{"H", must(tensor.Hessian(s)), must(s.Moment([]int{2}))},
		{"J", must(tensor.Jerk(s)), must(s.Moment([]int{3}))},
		{"C", must(tensor.Covariance(exact, s)), partitionCumulant(s, []int{1, 1})},
		{"S", must(tensor.Skewness(exact, s)), partitionCumulant(s, []int{1, 1, 1})},
	} {
		if !same(test.got, test.want) {
			t.Errorf("%s = %v, want %v", test.name, test.got, test.want)
		}
	}
}
