// Package draw shows grids and embeddings as text and as SVG, in the manner of the
// space-time pictures of P (the paper, sections 2 and A.2): training points run down,
// updates run across, and the cells that take part in training are shaded.
//
// [Text] and [SVG] show a grid, with its weights if they differ. [TextEmbedding] and
// [SVGEmbedding] put the nodes of a diagram into their cells, under the labels that they
// print with; the root, which is after the last update, stands to the right of the grid
// or below it. Nodes of one part, which share a row, are joined by a band.
//
// Grids of up to [MaxRows] rows and [MaxColumns] columns are drawn. What is drawn depends
// on nothing but the arguments, to the byte.
package draw
