// tesseracheck lets Tessera, the log software of transparency.dev, judge and race our log:
//
//	tesseracheck fsck URL VERIFIER-KEY     checks a log, served or in a folder, with Tessera's fsck library
//	tesseracheck append FOLDER COUNT SIZE  appends entries to Tessera's POSIX log, and prints how many a second
package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"
)

const writers = 512

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	return value
}

func leafHashes(data []byte) (found [][]byte, err error) {
	bundle := api.EntryBundle{}
	if err := bundle.UnmarshalText(data); err != nil {
		return nil, err
	}
	for _, entry := range bundle.Entries {
		found = append(found, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return found, nil
}

func check(ctx context.Context, address, key string) {
	verifier := must(note.NewVerifier(key))
	var log fsck.Fetcher = client.FileFetcher{Root: address}
	if strings.HasPrefix(address, "http://") {
		log = must(client.NewHTTPFetcher(must(url.Parse(address)), nil))
	}
	judge := fsck.New(verifier.Name(), verifier, log, leafHashes, fsck.Opts{N: 2})
	if err := judge.Check(ctx); err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
	fmt.Println("accepted")
}

// grow appends count entries of this size from many writers, each of which waits until its entry has its index.
func grow(ctx context.Context, folder string, count, size int) {
	secret, _ := must2(note.GenerateKey(rand.Reader, "bench.example"))
	driver := must(posix.New(ctx, posix.Config{Path: folder}))
	options := tessera.NewAppendOptions().WithCheckpointSigner(must(note.NewSigner(secret))).
		WithBatching(256, 100*time.Millisecond).WithCheckpointInterval(time.Second)
	appender, stop, _, err := tessera.NewAppender(ctx, driver, options)
	must(appender, err)
	numbers := make(chan int)
	var working sync.WaitGroup
	begun := time.Now()
	for range writers {
		working.Add(1)
		go func() {
			defer working.Done()
			for number := range numbers {
				entry := make([]byte, size)
				binary.BigEndian.PutUint64(entry, uint64(number))
				must(appender.Add(ctx, tessera.NewEntry(entry))())
			}
		}()
	}
	for number := range count {
		numbers <- number
	}
	close(numbers)
	working.Wait()
	seconds := time.Since(begun).Seconds()
	must(0, stop(ctx))
	fmt.Printf("%.0f\n", float64(count)/seconds)
}

func must2[A, B any](a A, b B, err error) (A, B) {
	must(a, err)
	return a, b
}

func main() {
	ctx := context.Background()
	switch words := os.Args[1:]; words[0] {
	case "fsck":
		check(ctx, words[1], words[2])
	case "append":
		grow(ctx, words[1], must(strconv.Atoi(words[2])), must(strconv.Atoi(words[3])))
	}
}
