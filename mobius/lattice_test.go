package mobius_test

import (
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/perturb-go/perturb/mobius"
	"pgregory.net/rapid"
)

// relation is the matrix of an equivalence: entry (i, j) says whether i and j share a part.
type relation [][]bool

func relationOf(n int, related func(i, j int) bool) relation {
	r := make(relation, n)
	for i := range r {
		r[i] = make([]bool, n)
		for j := range r[i] {
			r[i][j] = related(i, j)
		}
	}
	return r
}

func share(p mobius.Partition, i, j int) bool { return p.PartOf(i) == p.PartOf(j) }

// close makes r transitive.
func (r relation) close() relation {
	for k := range r {
		for i := range r {
			for j := range r {
				r[i][j] = r[i][j] || r[i][k] && r[k][j]
			}
		}
	}
	return r
}

func (r relation) equal(p mobius.Partition) bool {
	for i := range r {
		for j := range r {
			if r[i][j] != share(p, i, j) {
				return false
			}
		}
	}
	return p.Len() == len(r)
}

func TestMeetJoinRefines(t *testing.T) {
	check := func(t rapid.TB, p, q mobius.Partition) {
		n := p.Len()
		meet, join := must(mobius.Meet(p, q)), must(mobius.Join(p, q))
		if !relationOf(n, func(i, j int) bool { return share(p, i, j) && share(q, i, j) }).equal(meet) {
			t.Errorf("meet of %v and %v: got %v", p, q, meet)
		}
		if !relationOf(n, func(i, j int) bool { return share(p, i, j) || share(q, i, j) }).close().equal(join) {
			t.Errorf("join of %v and %v: got %v", p, q, join)
		}
		refines := true
		for i := range n {
			for j := range n {
				refines = refines && (!share(p, i, j) || share(q, i, j))
			}
		}
		if got := p.Refines(q); got != refines {
			t.Errorf("%v refines %v: got %v", p, q, got)
		}
	}
	for n := range 6 {
		for p := range mobius.Partitions(n) {
			for q := range mobius.Partitions(n) {
				check(t, p, q)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 24).Draw(t, "n")
		check(t, partition(n).Draw(t, "p"), partition(n).Draw(t, "q"))
	})
}

func TestLatticeLaws(t *testing.T) {
	meet := func(p, q mobius.Partition) mobius.Partition { return must(mobius.Meet(p, q)) }
	join := func(p, q mobius.Partition) mobius.Partition { return must(mobius.Join(p, q)) }
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, mobius.MaxLen).Draw(t, "n")
		p, q, r := partition(n).Draw(t, "p"), partition(n).Draw(t, "q"), partition(n).Draw(t, "r")
		finest, coarsest := must(mobius.Finest(n)), must(mobius.Coarsest(n))
		for law, pair := range map[string][2]mobius.Partition{
			"meet is idempotent":   {meet(p, p), p},
			"join is idempotent":   {join(p, p), p},
			"meet is commutative":  {meet(p, q), meet(q, p)},
			"join is commutative":  {join(p, q), join(q, p)},
			"meet is associative":  {meet(p, meet(q, r)), meet(meet(p, q), r)},
			"join is associative":  {join(p, join(q, r)), join(join(p, q), r)},
			"meet absorbs":         {meet(p, join(p, q)), p},
			"join absorbs":         {join(p, meet(p, q)), p},
			"finest is least":      {meet(p, finest), finest},
			"finest is neutral":    {join(p, finest), p},
			"coarsest is greatest": {join(p, coarsest), coarsest},
			"coarsest is neutral":  {meet(p, coarsest), p},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s: %v, %v, %v give %v and %v", law, p, q, r, pair[0], pair[1])
			}
		}
		if p.Refines(q) != (meet(p, q) == p) || p.Refines(q) != (join(p, q) == q) {
			t.Errorf("%v refines %v: %v, meet %v, join %v", p, q, p.Refines(q), meet(p, q), join(p, q))
		}
		// The lattice is semimodular.
		if rank := 2*n - p.NumParts() - q.NumParts(); rank < 2*n-meet(p, q).NumParts()-join(p, q).NumParts() {
			t.Errorf("%v, %v: ranks of meet %v and join %v are too large", p, q, meet(p, q), join(p, q))
		}
	})
}

// p is covered by q if and only if p < q with nothing between.
func TestCovers(t *testing.T) {
	for n := range 6 {
		list := all(n)
		for _, p := range list {
			var want []mobius.Partition
			for _, q := range list {
				covered := p != q && p.Refines(q)
				for _, x := range list {
					covered = covered && !(x != p && x != q && p.Refines(x) && x.Refines(q))
				}
				if got := p.CoveredBy(q); got != covered {
					t.Errorf("%v covered by %v: got %v", p, q, got)
				}
				if covered {
					want = append(want, q)
				}
			}
			if got := slices.Collect(mobius.Covers(p)); !slices.Equal(got, want) {
				t.Errorf("Covers(%v): got %v, want %v", p, got, want)
			}
		}
	}
}

func TestInterval(t *testing.T) {
	check := func(t rapid.TB, p, q mobius.Partition) {
		var want []mobius.Partition
		for x := range mobius.Partitions(p.Len()) {
			if p.Refines(x) && x.Refines(q) {
				want = append(want, x)
			}
		}
		if got := slices.Collect(mobius.Interval(p, q)); !slices.Equal(got, want) {
			t.Errorf("Interval(%v, %v): got %v, want %v", p, q, got, want)
		}
	}
	for n := range 5 {
		for p := range mobius.Partitions(n) {
			for q := range mobius.Partitions(n) {
				check(t, p, q)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(5, 8).Draw(t, "n")
		p, q := partition(n).Draw(t, "p"), partition(n).Draw(t, "q")
		check(t, p, must(mobius.Join(p, q)))
		check(t, must(mobius.Meet(p, q)), q)
	})
}

// An interval is generated, not filtered: this one is small in a lattice of Bell(64).
func TestIntervalOfMany(t *testing.T) {
	q := parse("0123-4567-89ab-cdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_")
	p := parse("0-1-2-3-4567-8-9-a-b-cdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@_")
	list := slices.Collect(mobius.Interval(p, q))
	if len(list) != 15*15 { // Bell(4) squared
		t.Errorf("got %d partitions, want 225", len(list))
	}
	if list[0] != q || list[len(list)-1] != p || !slices.IsSortedFunc(list, mobius.Compare) {
		t.Errorf("not in order from %v to %v", q, p)
	}
}

// The definition of the Möbius function: μ(p, p) = 1, and Σ μ(p, x) = 0 over p ≤ x ≤ q for
// p < q.
func TestMobiusDefinition(t *testing.T) {
	for n := range 7 {
		for p := range mobius.Partitions(n) {
			for q := range mobius.Partitions(n) {
				sum := new(big.Int)
				for x := range mobius.Interval(p, q) {
					sum.Add(sum, mobius.Mobius(p, x))
				}
				want := int64(0)
				if p == q {
					want = 1
				}
				if sum.Int64() != want {
					t.Errorf("Σ μ(%v, x) over x ≤ %v: got %v, want %d", p, q, sum, want)
				}
			}
		}
	}
}

func TestMobius(t *testing.T) {
	for _, test := range []struct {
		p, q string
		want string
	}{
		{"", "", "1"},
		{"0-1-2", "012", "2"},
		{"01-2-3-4-5", "012345", "24"},
		{"0-1-2-3-4-5", "012-345", "4"},
		{"0-1-2-3", "01-23", "1"},
		{"0-1-2", "01-2", "-1"},
		{"01-2", "0-12", "0"},
		{"012", "0-1-2", "0"},
		{"0", "01", "0"},
	} {
		if got := mobius.Mobius(parse(test.p), parse(test.q)); got.String() != test.want {
			t.Errorf("μ(%v, %v): got %v, want %s", test.p, test.q, got, test.want)
		}
	}
	// −(63!), which overflows an int64.
	got := mobius.Mobius(must(mobius.Finest(64)), must(mobius.Coarsest(64)))
	want := new(big.Int).MulRange(1, 63)
	if got.Cmp(want.Neg(want)) != 0 {
		t.Errorf("μ of the lattice of 64 elements: got %v, want %v", got, want)
	}
}

func TestDifferentLengths(t *testing.T) {
	p, q := parse("01"), parse("01-2")
	for name, operation := range map[string]func(p, q mobius.Partition) (mobius.Partition, error){
		"Meet": mobius.Meet,
		"Join": mobius.Join,
	} {
		if got, err := operation(p, q); !errors.Is(err, mobius.ErrLength) {
			t.Errorf("%s(%v, %v): got %v, %v, want ErrLength", name, p, q, got, err)
		}
	}
	if p.Refines(q) || q.Refines(p) || p.CoveredBy(q) || q.CoveredBy(p) || mobius.Mobius(p, q).Sign() != 0 {
		t.Errorf("%v and %v are related", p, q)
	}
	for x := range mobius.Interval(p, q) {
		t.Errorf("Interval(%v, %v) yields %v", p, q, x)
	}
}
