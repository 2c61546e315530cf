// Checks an exported log with Go's own golang.org/x/mod/sumdb/{note,tlog}: none of our code is in it.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run verify.go <folder> <verifier key>
//
// Signature of the checkpoint, root recomputed from the leaves, every tile, inclusion and consistency proofs made
// from the tiles, and (when the export has acts) that each leaf holds the SHA-256 of its act.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// hashes is every stored hash of the tree, as recomputed from the leaves.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	read := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		read[i] = h[index]
	}
	return read, nil
}

// folder is an exported log; it reads tiles for tlog.TileHashReader.
type folder struct {
	path string
	size int64
}

func (f folder) Height() int                         { return height }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, tile := range tiles {
		data, err := f.hashTile(tile)
		if err != nil {
			return nil, err
		}
		read = append(read, data[:tile.W*tlog.HashSize])
	}
	return read, nil
}

// hashTile reads the tile that the export has at this place: the widest one.
func (f folder) hashTile(tile tlog.Tile) ([]byte, error) {
	widest := tile
	widest.W = f.width(f.size>>(height*tile.L), tile.N)
	// sumdb names the height in the path, C2SP does not: there it is always 8.
	name := strings.Replace(widest.Path(), "tile/8/", "tile/", 1)
	data, err := os.ReadFile(filepath.Join(f.path, name))
	if err == nil && len(data) != widest.W*tlog.HashSize {
		err = fmt.Errorf("%s has %d bytes, expected %d", name, len(data), widest.W*tlog.HashSize)
	}
	return data, err
}

func (f folder) width(items, n int64) int {
	if left := items - n<<height; left < 1<<height {
		return int(left)
	}
	return 1 << height
}

// bundle reads the items of entry bundle n under prefix; each has a big-endian length of lenBytes before it.
func (f folder) bundle(prefix string, n int64, lenBytes int) ([][]byte, error) {
	width := f.width(f.size, n)
	path := tlog.Tile{H: height, L: -1, N: n, W: width}.Path()
	name := prefix + strings.TrimPrefix(path, "tile/8/data")
	data, err := os.ReadFile(filepath.Join(f.path, name))
	if err != nil {
		return nil, err
	}
	var items [][]byte
	for len(data) >= lenBytes {
		var length [8]byte
		copy(length[8-lenBytes:], data)
		end := lenBytes + int(binary.BigEndian.Uint64(length[:]))
		if end > len(data) {
			break
		}
		items = append(items, data[lenBytes:end])
		data = data[end:]
	}
	if len(data) != 0 || len(items) != width {
		return nil, fmt.Errorf("%s holds %d whole items and %d bytes more, expected %d items", name, len(items), len(data), width)
	}
	return items, nil
}

func checkpoint(path, vkey string) (origin string, tree tlog.Tree, err error) {
	message, err := os.ReadFile(filepath.Join(path, "checkpoint"))
	if err != nil {
		return
	}
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return
	}
	opened, err := note.Open(message, note.VerifierList(verifier))
	if err != nil {
		return
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		err = fmt.Errorf("the note is not a checkpoint of %s", verifier.Name())
		return
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return lines[0], tree, err
}

// readLeaves gives the hashes of the whole tree and of each leaf, and checks the acts where there are any.
func (f folder) readLeaves() (all hashes, leaves []tlog.Hash, acts int, err error) {
	_, noActs := os.Stat(filepath.Join(f.path, "acts"))
	for n := int64(0); n<<height < f.size; n++ {
		bundle, err := f.bundle("tile/entries", n, 2)
		if err != nil {
			return nil, nil, 0, err
		}
		for _, leaf := range bundle {
			stored, err := tlog.StoredHashes(int64(len(leaves)), leaf, all)
			if err != nil {
				return nil, nil, 0, err
			}
			all = append(all, stored...)
			leaves = append(leaves, tlog.RecordHash(leaf))
		}
		if noActs != nil {
			continue
		}
		items, err := f.bundle("acts", n, 4)
		if err != nil {
			return nil, nil, 0, err
		}
		for i, act := range items {
			digest := sha256.Sum256(act)
			if !bytes.Contains(bundle[i], digest[:]) {
				return nil, nil, 0, fmt.Errorf("leaf %d does not hold the digest of its act", n<<height+int64(i))
			}
		}
		acts += len(items)
	}
	return
}

// checkTiles compares every tile with what the leaves give.
func (f folder) checkTiles(all hashes) error {
	for level := 0; f.size>>(height*level) > 0; level++ {
		items := f.size >> (height * level)
		for n := int64(0); n<<height < items; n++ {
			tile := tlog.Tile{H: height, L: level, N: n, W: f.width(items, n)}
			expected, err := tlog.ReadTileData(tile, all)
			if err != nil {
				return err
			}
			got, err := f.hashTile(tile)
			if err != nil {
				return err
			}
			if !bytes.Equal(got, expected) {
				return fmt.Errorf("tile %d of level %d does not hold the hashes of the leaves", n, level)
			}
		}
	}
	return nil
}

// checkProofs makes proofs from the tiles alone, and checks them.
func (f folder) checkProofs(tree tlog.Tree, all hashes, leaves []tlog.Hash) error {
	tiles := tlog.TileHashReader(tree, f)
	step := tree.N/64 + 1
	for at := int64(0); at < tree.N; at += step {
		inclusion, err := tlog.ProveRecord(tree.N, at, tiles)
		if err == nil {
			err = tlog.CheckRecord(inclusion, tree.N, tree.Hash, at, leaves[at])
		}
		if err != nil {
			return fmt.Errorf("inclusion of leaf %d: %v", at, err)
		}
		old, err := tlog.TreeHash(at+1, all)
		if err != nil {
			return err
		}
		consistency, err := tlog.ProveTree(tree.N, at+1, tiles)
		if err == nil {
			err = tlog.CheckTree(consistency, tree.N, tree.Hash, at+1, old)
		}
		if err != nil {
			return fmt.Errorf("consistency with the tree of %d leaves: %v", at+1, err)
		}
	}
	return nil
}

func run(path, vkey string) (string, error) {
	origin, tree, err := checkpoint(path, vkey)
	if err != nil {
		return "", fmt.Errorf("checkpoint: %v", err)
	}
	f := folder{path, tree.N}
	all, leaves, acts, err := f.readLeaves()
	if err != nil {
		return "", err
	}
	if tree.N == 0 {
		return fmt.Sprintf("ok: %s, no leaves", origin), nil
	}
	root, err := tlog.TreeHash(tree.N, all)
	if err == nil && root != tree.Hash {
		err = fmt.Errorf("the leaves have root %v, the checkpoint says %v", root, tree.Hash)
	}
	if err == nil {
		err = f.checkTiles(all)
	}
	if err == nil {
		err = f.checkProofs(tree, all, leaves)
	}
	return fmt.Sprintf("ok: %s, %d leaves, %d acts, root %v", origin, tree.N, acts, tree.Hash), err
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: verify <folder> <verifier key>")
		os.Exit(2)
	}
	said, err := run(os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, "refused:", err)
		os.Exit(1)
	}
	fmt.Println(said)
}
