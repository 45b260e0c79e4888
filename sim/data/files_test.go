package data

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing/fstest"
)

// points are images and labels as a file is to have them.
type points struct {
	images [][]byte
	labels []uint8
}

// drawPoints makes random ones, each class as often as the others.
func drawPoints(seed uint64, shape Shape, classes, n int) points {
	r := rand.New(rand.NewPCG(seed, 0))
	var p points
	for _, i := range r.Perm(n) {
		image := make([]byte, shape.Size())
		for j := range image {
			image[j] = byte(r.Uint32())
		}
		p.images = append(p.images, image)
		p.labels = append(p.labels, uint8(i%classes))
	}
	return p
}

func (p points) join(q points) points {
	return points{slices.Concat(p.images, q.images), slices.Concat(p.labels, q.labels)}
}

// cifar writes points i to j in the format of CIFAR-10.
func (p points) cifar(i, j int) []byte {
	var out []byte
	for k := i; k < j; k++ {
		out = append(append(out, p.labels[k]), p.images[k]...)
	}
	return out
}

// idx writes the files of Fashion-MNIST, for images of some height and width.
func (p points) idx(height, width uint32) (images, labels []byte) {
	for _, n := range []uint32{0x803, uint32(len(p.images)), height, width} {
		images = binary.BigEndian.AppendUint32(images, n)
	}
	for _, n := range []uint32{0x801, uint32(len(p.labels))} {
		labels = binary.BigEndian.AppendUint32(labels, n)
	}
	return append(images, bytes.Join(p.images, nil)...), append(labels, p.labels...)
}

func pack(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// archive packs files, in the order of the names, as the published archive does.
func archive(files fstest.MapFS, names ...string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	must(w.WriteHeader(&tar.Header{Name: "cifar-10-batches-bin/", Typeflag: tar.TypeDir, Mode: 0o755}))
	for _, name := range names {
		must(w.WriteHeader(&tar.Header{Name: "cifar-10-batches-bin/" + name, Mode: 0o644, Size: int64(len(files[name].Data))}))
		_, err := w.Write(files[name].Data)
		must(err)
	}
	must(w.Close())
	return pack(b.Bytes())
}

func sealOf(data []byte) seal {
	sum := md5.Sum(data)
	return seal{int64(len(data)), hex.EncodeToString(sum[:])}
}

func file(data []byte) *fstest.MapFile { return &fstest.MapFile{Data: data} }

const perBatch = 20

// smallCIFAR returns a data set of 100 training points and 20 test points in the files of
// CIFAR-10, of which the archive is sealed.
func smallCIFAR() (l layout, bins fstest.MapFS, packed fstest.MapFS, train, test points) {
	l = layouts[CIFAR10]
	train, test = drawPoints(1, l.shape, l.classes, 5*perBatch), drawPoints(2, l.shape, l.classes, perBatch)
	bins = fstest.MapFS{"test_batch.bin": file(test.cifar(0, perBatch)), "batches.meta.txt": file([]byte("airplane\n"))}
	l.parts[Train] = portion{perClass: 5 * perBatch / l.classes}
	for i := range 5 {
		name := fmt.Sprintf("data_batch_%d.bin", i+1)
		bins[name] = file(train.cifar(i*perBatch, (i+1)*perBatch))
		l.parts[Train].batches = append(l.parts[Train].batches, batch{images: name, records: perBatch})
	}
	l.parts[Test] = portion{[]batch{{images: "test_batch.bin", records: perBatch}}, perBatch / l.classes}
	whole := archive(bins, "data_batch_1.bin", "batches.meta.txt", "data_batch_3.bin", "test_batch.bin", "data_batch_5.bin", "data_batch_2.bin", "data_batch_4.bin")
	l.seals = map[string]seal{l.archive: sealOf(whole)}
	return l, bins, fstest.MapFS{l.archive: file(whole)}, train, test
}

// smallFashion returns a data set of 60 training points and 20 test points in the files of
// Fashion-MNIST, of which the packed ones are sealed.
func smallFashion() (l layout, plain, packed fstest.MapFS, train, test points) {
	l = layouts[FashionMNIST]
	train, test = drawPoints(3, l.shape, l.classes, 60), drawPoints(4, l.shape, l.classes, 20)
	plain, packed = fstest.MapFS{}, fstest.MapFS{}
	l.seals = map[string]seal{}
	for part, p := range []points{train, test} {
		b := layouts[FashionMNIST].parts[part].batches[0]
		b.records = len(p.images)
		l.parts[part] = portion{[]batch{b}, len(p.images) / l.classes}
		images, labels := p.idx(28, 28)
		for name, data := range map[string][]byte{b.images: images, b.labels: labels} {
			plain[name] = file(data)
			packed[name+".gz"] = file(pack(data))
			l.seals[name+".gz"] = sealOf(packed[name+".gz"].Data)
		}
	}
	return l, plain, packed, train, test
}
