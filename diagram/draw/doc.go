// Package draw draws diagrams: as text for a terminal, as SVG pictures and as TikZ
// pictures for LaTeX.
//
// Time flows from left to right, so the root stands rightmost, and every node stands one
// column to the left of its parent. Children are stacked in their canonical order. The
// two trees of a two-rooted diagram are stacked as well, the first root's above.
//
// In pictures, a non-root node is a dot, and a root a ring. The nodes of a part of
// several nodes are joined by a broad soft band in a colour of their own, as by the
// fuzzy outlines of the paper "A Perturbative Analysis of Stochastic Descent"; a node
// without a band is alone. [SVG] and [TikZ] share one layout.
//
// All drawings are deterministic: equal diagrams give equal bytes.
package draw
