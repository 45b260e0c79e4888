// Package errata holds the errata to the paper "A Perturbative Analysis of Stochastic
// Descent", cited as P, each with exact numbers that decide.
//
// A [Row] says where P errs, what it states and what holds. Each of its checks puts three
// rational numbers for one quantity side by side: what P's statement gives, what this
// library gives, and what is so. The third comes from elsewhere: from SGD itself, run on
// every training set that a small landscape can give; from the generator of a diffusion;
// from the equations for the moments of a stationary distribution; from lists of all maps
// or of all samples. Nothing is stored: [Rows] computes all of it anew, in a moment.
//
// Where P's statement holds after all, in a special case or in another reading, the row
// says so, too, with numbers that agree.
//
// [WriteText] prints the rows for a terminal and [WriteMarkdown] as a page, which is the
// README of this folder. The program examples/expand has both, and JSON, as its
// sub-command errata.
package errata
