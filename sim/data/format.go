package data

import "fmt"

// A Format is a published data set, and the format of its files.
type Format int

const (
	// CIFAR10 is CIFAR-10 in its binary version: records of 3073 bytes, a label and 32·32
	// pixels of each of red, green and blue, in data_batch_1.bin to data_batch_5.bin
	// (50000 training points) and test_batch.bin (10000), all in a folder or its
	// subfolder cifar-10-batches-bin, or packed in cifar-10-binary.tar.gz.
	CIFAR10 Format = iota
	// FashionMNIST is Fashion-MNIST in the IDX format of MNIST: train-images-idx3-ubyte
	// and train-labels-idx1-ubyte (60000 training points), t10k-images-idx3-ubyte and
	// t10k-labels-idx1-ubyte (10000 test points), each as it is or packed with .gz.
	FashionMNIST
)

// A layout is how a format's files are.
type layout struct {
	name    string // for commands
	title   string
	shape   Shape
	classes int
	parts   [2]portion // by Train and Test
	archive string     // the file that packs all, or ""
	seals   map[string]seal
	read    func(*loader, []batch) ([]*haul, error)
}

// A portion is the training or the test data.
type portion struct {
	batches  []batch
	perClass int // points of each class
}

// A batch is a file of images and one of labels, or a file of both.
type batch struct {
	images, labels string
	records        int
}

// A seal is the published size, in bytes, and MD5 sum of a file.
type seal struct {
	size int64
	md5  string
}

var layouts = [...]layout{
	CIFAR10: {
		name: "cifar10", title: "CIFAR-10", shape: Shape{3, 32, 32}, classes: 10,
		parts: [2]portion{
			{[]batch{
				{images: "data_batch_1.bin", records: 10000},
				{images: "data_batch_2.bin", records: 10000},
				{images: "data_batch_3.bin", records: 10000},
				{images: "data_batch_4.bin", records: 10000},
				{images: "data_batch_5.bin", records: 10000},
			}, 5000},
			{[]batch{{images: "test_batch.bin", records: 10000}}, 1000},
		},
		archive: "cifar-10-binary.tar.gz",
		seals:   map[string]seal{"cifar-10-binary.tar.gz": {170052171, "c32a1d4ab5d03f1284b67883e8d87530"}},
		read:    (*loader).readCIFAR,
	},
	FashionMNIST: {
		name: "fashion-mnist", title: "Fashion-MNIST", shape: Shape{1, 28, 28}, classes: 10,
		parts: [2]portion{
			{[]batch{{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", 60000}}, 6000},
			{[]batch{{"t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", 10000}}, 1000},
		},
		seals: map[string]seal{
			"train-images-idx3-ubyte.gz": {26421880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"},
			"train-labels-idx1-ubyte.gz": {29515, "25c81989df183df01b3e8a0aad5dffbe"},
			"t10k-images-idx3-ubyte.gz":  {4422102, "bef4ecab320f06d8554ea6380940ec79"},
			"t10k-labels-idx1-ubyte.gz":  {5148, "bb300cfdad3c16e7a12a480ee83cd310"},
		},
		read: (*loader).readIDX,
	},
}

// layout returns the layout of a format, or an empty one if there is no such format.
func (f Format) layout() layout {
	if f < 0 || int(f) >= len(layouts) {
		return layout{}
	}
	return layouts[f]
}

// ParseFormat reads "cifar10" or "fashion-mnist". The error wraps ErrOptions.
func ParseFormat(text string) (Format, error) {
	for f, l := range layouts {
		if l.name == text {
			return Format(f), nil
		}
	}
	return 0, fmt.Errorf("data: %w: format %q is not %v or %v", ErrOptions, text, CIFAR10, FashionMNIST)
}

// String returns what ParseFormat reads.
func (f Format) String() string {
	if l := f.layout(); l.name != "" {
		return l.name
	}
	return fmt.Sprintf("Format(%d)", int(f))
}

// Shape returns the shape of the images.
func (f Format) Shape() Shape { return f.layout().shape }

// Classes returns the number of classes.
func (f Format) Classes() int { return f.layout().classes }

// A Part is which of the points to take.
type Part int

const (
	Train Part = iota // the training points
	Test              // the test points
	All               // the training points, and then the test points
)

var partWords = [...]string{Train: "train", Test: "test", All: "all"}

// ParsePart reads "train", "test" or "all". The error wraps ErrOptions.
func ParsePart(text string) (Part, error) {
	for p, word := range partWords {
		if word == text {
			return Part(p), nil
		}
	}
	return 0, fmt.Errorf("data: %w: part %q is not %v, %v or %v", ErrOptions, text, Train, Test, All)
}

// String returns what ParsePart reads.
func (p Part) String() string {
	if p < 0 || int(p) >= len(partWords) {
		return fmt.Sprintf("Part(%d)", int(p))
	}
	return partWords[p]
}

// portions returns those of a layout that make the part.
func (p Part) portions(l layout) []portion {
	if p == All {
		return l.parts[:]
	}
	return l.parts[p : p+1]
}
