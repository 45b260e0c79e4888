package sim

import (
	"fmt"
	"os"
	"path/filepath"
)

// A store keeps blocks in a folder, each in a file named by the hash of the specification
// and the block's index. A file is either whole or not there: it is written beside and
// then renamed.
type store struct {
	*plan
	dir string
}

// path returns the name of a block's file.
func (s *store) path(index int64) string {
	return filepath.Join(s.dir, fmt.Sprintf("%x-%08d.block", s.hash[:16], index))
}

// open makes the folder.
func (s *store) open() error {
	if err := os.MkdirAll(s.dir, 0o777); err != nil {
		return fmt.Errorf("sim: folder for blocks: %w", err)
	}
	return nil
}

// load returns a block of the given number of trials, or nil if the folder does not have
// it: a file that does not check, or has fewer trials, counts for nothing.
func (s *store) load(index, trials int64) *block {
	data, err := os.ReadFile(s.path(index))
	if err != nil {
		return nil
	}
	b, err := s.decode(data)
	if err != nil || b.index != index || b.trials != trials {
		return nil
	}
	return b
}

// save writes a block, which outlives the process once save returns.
func (s *store) save(b *block) error {
	path := s.path(b.index)
	if err := writeAtomically(path, b.encode(s.hash)); err != nil {
		return fmt.Errorf("sim: block %d: %w", b.index, err)
	}
	return nil
}

// writeAtomically writes a file by way of a partial one of the same name, which the next
// to write the block replaces if this process is killed.
func writeAtomically(path string, data []byte) (err error) {
	partial := path + ".partial"
	f, err := os.Create(partial)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(partial)
		}
	}()
	if _, err = f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err = f.Sync(); err != nil {
		f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(partial, path)
}
