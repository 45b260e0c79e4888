package diagram

import "math/bits"

// A structure is what automorphisms preserve: a forest on some points, ties between
// points, each with a multiplicity, and classes of points.
type structure struct {
	all    uint64 // the points
	parent [maxPoints]int8
	kids   [maxPoints]uint64
	ties   [][maxPoints]uint64 // ties[i][v] holds w if their multiplicity has bit i
	near   [maxPoints]uint64   // what the forest or a tie joins to each point
	class  [maxPoints]int8
}

// maxPoints is enough for the nodes of a diagram and as many parts of two nodes or more as
// there may be besides.
const maxPoints = MaxNodes + MaxNodes/2

// nodeStructure returns the structure whose points are a diagram's nodes, and whose ties
// are those of part mates. Its automorphisms are the diagram's.
func nodeStructure(f *forest, part []int8) *structure {
	s := &structure{all: 1<<f.nodes - 1}
	s.hang(f, s.all)
	var size [MaxNodes]int8
	for v, p := range part {
		size[p]++
		for w := range v {
			if part[w] == p {
				s.tie(v, w, 1)
			}
		}
	}
	s.classify(func(v, w int) bool {
		return f.parent[v] >= 0 && f.parent[w] >= 0 && f.shape[v] == f.shape[w] && size[part[v]] == size[part[w]]
	})
	return s
}

// columnStructure returns the structure whose points are the columns of a matrix, each
// named for the first of its nodes, and from MaxNodes on the different rows that have
// entries in several columns, which are the multiplicities of ties. Its automorphisms are
// the permutations of columns which automorphisms of the diagram make.
func columnStructure(f *forest, m *matrix) *structure {
	s := new(structure)
	columns := (1<<f.nodes - 1) &^ m.twin
	s.hang(f, columns)
	s.all = columns
	var equal [maxPoints]int // the number of rows that are equal to that of a point
	point := MaxNodes - 1
	for p, row := range m.rows[:m.parts] {
		if at := bits.TrailingZeros64(row); row&^m.field[at] == 0 {
			continue
		}
		if p > 0 && row == m.rows[p-1] {
			equal[point]++
			continue
		}
		point++
		s.all |= 1 << point
		s.parent[point] = -1
		equal[point] = 1
		for set := columns; set != 0; set &= set - 1 {
			v := bits.TrailingZeros64(set)
			s.tie(point, v, m.entry(row, v))
		}
	}
	s.classify(func(v, w int) bool {
		if v >= MaxNodes || w >= MaxNodes {
			return v >= MaxNodes && w >= MaxNodes && equal[v] == equal[w]
		}
		return f.parent[v] >= 0 && f.parent[w] >= 0 && f.shape[v] == f.shape[w] && m.alikeAlone(v, w)
	})
	return s
}

// hang puts a forest onto those of its nodes that are points.
func (s *structure) hang(f *forest, points uint64) {
	for ; points != 0; points &= points - 1 {
		v := bits.TrailingZeros64(points)
		s.parent[v] = f.parent[v]
		if up := f.parent[v]; up >= 0 {
			s.kids[up] |= 1 << v
			s.near[up] |= 1 << v
			s.near[v] |= 1 << up
		}
	}
}

// tie ties two points.
func (s *structure) tie(v, w, multiplicity int) {
	for i := 0; multiplicity>>i > 0; i++ {
		if len(s.ties) == i {
			s.ties = append(s.ties, [maxPoints]uint64{})
		}
		if multiplicity>>i&1 == 1 {
			s.ties[i][v] |= 1 << w
			s.ties[i][w] |= 1 << v
			s.near[v] |= 1 << w
			s.near[w] |= 1 << v
		}
	}
}

// classify numbers the classes of points that are alike.
func (s *structure) classify(alike func(v, w int) bool) {
	count := int8(0)
	for set := s.all; set != 0; set &= set - 1 {
		v := bits.TrailingZeros64(set)
		s.class[v] = -1
		for seen := s.all &^ set; seen != 0 && s.class[v] < 0; seen &= seen - 1 {
			if w := bits.TrailingZeros64(seen); alike(v, w) {
				s.class[v] = s.class[w]
			}
		}
		if s.class[v] < 0 {
			s.class[v] = count
			count++
		}
	}
}
