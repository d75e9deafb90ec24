// gocheck judges a folder with Go's own transparency log packages: a log's verifier key, tlog-proof files, and
// checkpoints with consistency proofs between them. It prints one line per file and exits 1 if any is refused.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func tree(verifier note.Verifier, signed string) tlog.Tree {
	opened := must(note.Open([]byte(signed), note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	if lines[0] != verifier.Name() {
		panic("another origin")
	}
	root := must(base64.StdEncoding.DecodeString(lines[2]))
	return tlog.Tree{N: must(strconv.ParseInt(lines[1], 10, 64)), Hash: tlog.Hash(root)}
}

func hashes(lines []string) (found []tlog.Hash) {
	for _, line := range lines {
		found = append(found, tlog.Hash(must(base64.StdEncoding.DecodeString(line))))
	}
	return found
}

// inclusion checks a tlog-proof whose extra line is the leaf.
func inclusion(verifier note.Verifier, file string) error {
	head, signed, _ := strings.Cut(file, "\n\n")
	lines := strings.Split(head, "\n")
	leaf := must(base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra ")))
	index := must(strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64))
	head2 := tree(verifier, signed)
	return tlog.CheckRecord(hashes(lines[3:]), head2.N, head2.Hash, index, tlog.RecordHash(leaf))
}

// consistency checks "<hashes>\n\n<old note>\n=====\n<new note>".
func consistency(verifier note.Verifier, file string) error {
	head, notes, _ := strings.Cut(file, "\n\n")
	before, after, _ := strings.Cut(notes, "=====\n")
	old, new := tree(verifier, before), tree(verifier, after)
	return tlog.CheckTree(hashes(strings.Fields(head)), new.N, new.Hash, old.N, old.Hash)
}

func judge(verifier note.Verifier, name string) (err error) {
	defer func() {
		if why := recover(); why != nil {
			err = fmt.Errorf("%v", why)
		}
	}()
	data := string(must(os.ReadFile(name)))
	if strings.HasSuffix(name, ".tlog-proof") {
		return inclusion(verifier, data)
	}
	return consistency(verifier, data)
}

func main() {
	verifier := must(note.NewVerifier(os.Args[1]))
	code := 0
	for _, name := range os.Args[2:] {
		if err := judge(verifier, name); err != nil {
			fmt.Println("refused", name, err)
			code = 1
		} else {
			fmt.Println("accepted", name)
		}
	}
	os.Exit(code)
}
