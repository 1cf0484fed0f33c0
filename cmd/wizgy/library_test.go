package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"wizgy/engine"
	"wizgy/server"
)

// repository is the folder of this module, as seen by the tests.
var repository, _ = filepath.Abs(filepath.Join("..", ".."))

// library is a program of somebody else's, which has wizgy as a library: a server is an object
// with an address and a document root, and one call starts it.
func library() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	pages, err := engine.New(engine.Config{Dir: "scripts"})
	if err != nil {
		log.Fatal(err)
	}
	defer pages.Close()

	s, err := server.New(server.Config{Addr: freeAddress(), Root: "public", Pages: pages})
	if err != nil {
		log.Fatal(err)
	}
	if err := s.ListenAndServe(ctx); err != nil {
		log.Fatal(err)
	}
}

// freeAddress returns an address that nobody listens on, and says so on behalf of the script. Nobody
// else may get it meanwhile: Linux has a network of addresses for this machine.
func freeAddress() string {
	host := "127.0.0.1"
	if pid := os.Getpid(); runtime.GOOS == "linux" {
		host = fmt.Sprintf("127.%d.%d.%d", 1+pid>>16&0x7f, pid>>8&0xff, 1+pid&0x7f)
	}
	ln, err := net.Listen("tcp", host+":0")
	if err != nil {
		log.Fatal(err)
	}
	defer ln.Close()
	fmt.Printf("the library serves at http://%s/\n", ln.Addr())
	return ln.Addr().String()
}

// pngOfEveryByte returns a picture. Its colours are noise, which does not compress: so the file
// has bytes of every value, CR and LF among them.
func pngOfEveryByte() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i, noise := 0, uint32(1); i < 64*64; i++ {
		noise = noise*1664525 + 1013904223
		img.SetNRGBA(i%64, i/64, color.NRGBA{uint8(noise >> 24), uint8(noise >> 16), uint8(noise >> 8), 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}
