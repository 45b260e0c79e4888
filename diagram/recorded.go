package diagram

// ParseRecorded reads the notation (edges)(parts) in which the paper's author recorded
// statistics, such as (01-02)(0-12): edges first, parts second, edges in either
// direction, any labelling by 0-9a-z, the root not marked, since a plain value does not
// depend on it. The single node is ()(0). It returns the value class (see
// Diagram.Class) of the trees it stands for.
//
// The error is a *ParseError.
func ParseRecorded(text string) (Diagram, error) {
	var (
		r            reader
		edges, parts lists
		part         [MaxNodes]int
	)
	r.read(text)
	r.group(&edges)
	partsStart := r.offset
	r.group(&parts)
	r.end()
	n := r.partition(partsStart+1, &parts, &part)
	parent := r.rootAtZero(&edges, n)
	if r.err != nil {
		return Diagram{}, r.err
	}
	return canonical(parent, part[:n]).Class(), nil
}

// rootAtZero orients undirected edges towards node 0.
func (r *reader) rootAtZero(edges *lists, n int) []int {
	if r.err != nil {
		return nil
	}
	neighbours := make([][]int, n)
	for i := range edges.count {
		start, edge := int(edges.starts[i]), edges.list(i)
		if len(edge) != 2 {
			r.fail(start, ErrSyntax, "an edge has two labels, not %d", len(edge))
			return nil
		}
		a, b := int(edge[0]), int(edge[1])
		if a >= n || b >= n {
			r.fail(start, ErrNotPartition, "edge %c%c leaves the %d nodes of the parts", digits[a], digits[b], n)
			return nil
		}
		neighbours[a] = append(neighbours[a], b)
		neighbours[b] = append(neighbours[b], a)
	}
	if edges.count != n-1 {
		r.fail(0, ErrNotTree, "a tree on %d nodes has %d edges, not %d", n, n-1, edges.count)
		return nil
	}
	parent := orient(neighbours, 0)
	for v, up := range parent {
		if up < 0 && v != 0 {
			r.fail(r.at[v], ErrNotTree, "no path joins nodes 0 and %c", digits[v])
			return nil
		}
	}
	return parent
}

// orient returns the parent of each node when the component of root in a graph is
// rooted there; nodes that it does not reach get -1.
func orient(neighbours [][]int, root int) []int {
	parent := make([]int, len(neighbours))
	seen := make([]bool, len(neighbours))
	for v := range parent {
		parent[v] = -1
	}
	seen[root] = true
	for queue := []int{root}; len(queue) > 0; queue = queue[1:] {
		for _, w := range neighbours[queue[0]] {
			if !seen[w] {
				seen[w] = true
				parent[w] = queue[0]
				queue = append(queue, w)
			}
		}
	}
	return parent
}
