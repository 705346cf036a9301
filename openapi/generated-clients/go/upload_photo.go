// Command upload-photo uploads a photo with the generated client, waits until it is ready, and downloads its variants.
//
//	GATEWAY=http://127.0.0.1:3000 KEY=hg_… go run . harbour.jpg
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"

	hashgate "hashgate.example/clients/go"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func run(path string) error {
	photo, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	ctx := context.WithValue(context.Background(), hashgate.ContextAccessToken, os.Getenv("KEY"))
	configuration := hashgate.NewConfiguration()
	configuration.Servers = hashgate.ServerConfigurations{{URL: os.Getenv("GATEWAY")}}
	client := hashgate.NewAPIClient(configuration)

	answer, _, err := client.UploadsAPI.CreateUpload(ctx).UploadRequest(describe(path, photo)).Execute()
	if err != nil {
		return explain(err)
	}
	if answer.Upload == nil {
		fmt.Println("duplicate: nothing to upload")
	} else if err := putBytes(ctx, *answer.Upload, photo); err != nil {
		return err
	} else {
		fmt.Printf("uploaded %d bytes\n", len(photo))
	}

	image, err := waitForImage(ctx, client, answer.ImageId)
	if err != nil {
		return err
	}
	for _, variant := range image.Variants {
		if err := checkVariant(variant); err != nil {
			return err
		}
		fmt.Printf("%s %d×%d: %d bytes of WebP\n", variant.Name, variant.Width, variant.Height, variant.ByteLength)
	}
	return nil
}

func describe(path string, photo []byte) hashgate.UploadRequest {
	hash := sha256.Sum256(photo)
	request := hashgate.NewUploadRequest(hex.EncodeToString(hash[:]), int64(len(photo)), hashgate.CONTENTTYPE_JPEG)
	request.SetFileName(filepath.Base(path))
	return *request
}

// putBytes sends the bytes to the store, not to the gateway, with exactly the headers that were told.
func putBytes(ctx context.Context, target hashgate.UploadTarget, photo []byte) error {
	// Go sets content-length by itself.
	request, err := http.NewRequestWithContext(ctx, target.Method, target.Url, bytes.NewReader(photo))
	if err != nil {
		return err
	}
	for name, value := range target.Headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	// 412: the store has these bytes already.
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusPreconditionFailed {
		return fmt.Errorf("the store answers %s", response.Status)
	}
	return nil
}

// waitForImage asks until the image is ready. Each call is held for up to 20 seconds.
func waitForImage(ctx context.Context, client *hashgate.APIClient, imageId string) (*hashgate.Image, error) {
	for {
		image, _, err := client.ImagesAPI.GetImage(ctx, imageId).Wait(20).Execute()
		if err != nil {
			return nil, explain(err)
		}
		switch image.Status {
		case hashgate.IMAGESTATUS_READY:
			return image, nil
		case hashgate.IMAGESTATUS_REJECTED:
			return nil, errors.New(image.Rejection.Detail)
		}
	}
}

func checkVariant(variant hashgate.Variant) error {
	response, err := http.Get(variant.Url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	contentType := response.Header.Get("Content-Type")
	isWebP := len(body) > 12 && string(body[:4]) == "RIFF" && string(body[8:12]) == "WEBP"
	if response.StatusCode != http.StatusOK || contentType != variant.ContentType || int64(len(body)) != variant.ByteLength || !isWebP {
		return fmt.Errorf("%s: %s, %d bytes of %s", variant.Name, response.Status, len(body), contentType)
	}
	return nil
}

// explain turns an error of the gateway into its stable code and a sentence for people.
func explain(err error) error {
	var refusal *hashgate.GenericOpenAPIError
	if errors.As(err, &refusal) {
		if problem, ok := refusal.Model().(hashgate.ProblemDetails); ok {
			return fmt.Errorf("%s: %s", problem.Code, problem.Title)
		}
	}
	return err
}
