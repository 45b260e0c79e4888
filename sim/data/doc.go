// Package data has labelled images to descend on: the real CIFAR-10 and Fashion-MNIST, from
// a folder, and a synthetic stand-in of any shape that needs no files.
//
//   - A [Set] is a finite number of points, each an image and its label. The population is
//     the uniform distribution over them, the paper's "sum of diracs" (P §C.2): training
//     and test points are drawn from it with replacement, by [Set.Draw].
//   - [Load] reads the files of a [Format] as they are published, and checks them. It reads
//     as a stream: besides the points that it keeps, one byte to a pixel, it holds buffers
//     of fixed size.
//   - [Synthetic] makes a set out of a seed, the same bytes on every platform.
//   - [New] makes one of a caller's own images.
//
// A set says what it is: [Set.Source] for people, and [Set.Name], which has a digest of all
// that its numbers depend on, so that sets of equal names are equal.
//
// # What is checked
//
// Files must have the size, the number of records, the labels and the number of points in
// each class that are published. A checksum is compared for the files that come with one
// that is widely printed: the archive cifar-10-binary.tar.gz, on the data set's page, and the
// four .gz files of Fashion-MNIST, in its readme. The MD5 sums of these are
//
//	c32a1d4ab5d03f1284b67883e8d87530  cifar-10-binary.tar.gz
//	8d4fb7e6c68d591d4c3dfef9ec88bf0d  train-images-idx3-ubyte.gz
//	25c81989df183df01b3e8a0aad5dffbe  train-labels-idx1-ubyte.gz
//	bef4ecab320f06d8554ea6380940ec79  t10k-images-idx3-ubyte.gz
//	bb300cfdad3c16e7a12a480ee83cd310  t10k-labels-idx1-ubyte.gz
//
// For the same files unpacked there is no such sum, and Source says that none was compared.
// The numbers of points in each class still tell Fashion-MNIST from MNIST, whose files have
// the same names and sizes.
//
// # Standardized pixels
//
// A pixel v ∈ {0, …, 255} of channel c is given as (v/255 − Mean[c]) / Deviation[c]; see
// [Standard]. Unless the caller says otherwise, they are the mean and deviation of that
// channel over all pixels of all points of the parts that were read.
//
// P is the paper "A Perturbative Analysis of Stochastic Descent".
package data
