// Package diagram is about the diagrams that index perturbative descriptions of
// stochastic gradient descent: what they are, how they are written, which are the same,
// and all of them in order.
//
// # Diagrams
//
// A [Diagram] is a rooted tree together with a set partition of its nodes. A term of
// the expected test loss after descent belongs to each: a node of degree k stands for
// the k-th derivative of one datapoint's loss, an edge contracts two derivatives and
// carries a factor −η, and the nodes of one part share their datapoint. The root is
// evaluated last, the leaves are the earliest updates, and time increases along edges.
// The number of edges is the power of η, called the order.
//
// For a test-set quantity, the root is alone in its part. It may be tied to other nodes
// in that part instead, for training-set quantities. Covariances of two quantities have
// diagrams with two roots: an ordered pair of trees, with a partition of all nodes in
// which either root is alone. Such a diagram is bridged if a part meets both trees.
//
// # Notation
//
// A diagram is written as its parts and then its edges:
//
//	(01-2)(02-12)       leaves 0 and 1, in one part, below the root 2
//	(0-1-2-3)(01-13-23) a chain of two edges and a leaf below the root 3, all apart
//	(01-2-3)(02-13)     two roots, 2 and 3, with a leaf each; the leaves share a part
//	(0)()               the bare root, which is the zero Diagram
//
// Nodes are named 0, …, 9, a, …, z, so there may be [MaxNodes] of them. An edge is its
// child and then its parent, and a child's label is below its parent's. The root has the
// highest label; two roots have the two highest, the first root the lower. [Parse] reads
// any such labelling, and [Diagram.String] prints the canonical one. [ParseRecorded]
// reads the opposite order, (edges)(parts), of unrooted trees.
//
// # Canonical form
//
// Two diagrams are the same if some renaming of the nodes makes them so; it keeps the
// root, or each of two roots. A Diagram is held in a canonical form, so == tells, and a
// Diagram may key a map. The form is this:
//
//   - The level sequence of a tree with ordered children is the list of its nodes'
//     depths in preorder. Children stand in the order in which this is lexicographically
//     greatest, so that longer branches come first. Two trees follow one another.
//   - Non-root nodes are labelled 0, 1, … in postorder; then come the roots.
//   - The restricted growth string of a partition lists the part of each node by label,
//     with parts numbered from 0 as they first occur. Of all strings that automorphisms
//     of the tree make of it, the diagram has the least.
//
// [Diagram.Parents] and [Diagram.Labels] give the tree and the string, and [New] makes a
// diagram of any such arrays.
//
// # Automorphisms
//
// [Diagram.Symmetry] is the group Aut(D) of automorphisms of the rooted tree that map
// parts onto parts. A term has the weight 1/|Aut(D)|. For embeddings of a diagram, which
// are colourings of its nodes by cells of a grid, [Symmetry.Stabilizer] gives |Aut_f(D)|,
// and [Symmetry.Least] picks one of each orbit.
//
// # Enumeration
//
// [All] and [Enumerate] yield one diagram per isomorphism class, in the order of
// [Compare]: trees by decreasing level sequence, from the chain to the corolla, and on
// each tree partitions by increasing string, from one part to all apart. [Options] ask
// for tied or two roots, bounded parts, irreducible diagrams or those that obey the path
// condition. These conditions prune: what cannot be completed is never built.
//
// [EnumerateAut] yields |Aut(D)| beside each diagram. There are 1, 1, 4, 17, 101, 700,
// 5861, 55818, 598201, 7075470, … diagrams of 0, 1, 2, … edges with an untied root: about
// a quarter of a second's work at 9 edges, orders of groups included, and thirteen times
// more at the next. Workers share that work if the options ask for it, in the same order;
// [EnumerateShards] cuts it into pieces that callers take independently; and a limit
// refuses it. [Count] and [Options.Count] give the number without listing.
//
// # Fewer diagrams
//
// With a symmetric metric the plain value of a diagram does not depend on which node is
// the root. [Diagram.Class] is the common representative of all choices, the value
// class. Re-summation keeps only irreducible diagrams, in which no non-root node of
// degree two is alone in its part; [Diagram.Reduced] is the irreducible form. A diagram
// has embeddings into one epoch, with one update per datapoint, if and only if
// [Diagram.Acyclic] holds, and [Diagram.PathCondition] is the simpler condition that is
// necessary. [Diagram.Orderings] counts the total orders of the nodes that obey the tree
// and keep parts together.
//
// # Costs
//
// A Diagram holds two bytes per node. Making or parsing one of ten edges takes a
// microsecond, and so does |Aut(D)|; the accessors that return slices build them afresh.
// Where a tree has few automorphisms but for permutations of sibling leaves, canonical
// forms and groups come from trying them all; elsewhere from backtracking searches that
// use symmetry to prune. Those of the largest symmetric diagrams, such as stars,
// caterpillars, wreaths of equal branches and encodings of regular graphs, take less than
// half a millisecond, and the worst of a million random ones of such kinds that we tried
// took some milliseconds.
//
// # Sources
//
// P is the paper "A Perturbative Analysis of Stochastic Descent", which defines diagrams
// in its section 2. Level sequences of rooted trees are due to T. Beyer and
// S. M. Hedetniemi, Constant time generation of rooted trees (1980). The searches follow
// B. D. McKay, Practical graph isomorphism (1981).
package diagram
