#!/bin/sh
# Makes the files of this folder anew; needs ffmpeg with x264, x265 and LAME.
set -e
cd "$(dirname "$0")"
ff() { ffmpeg -hide_banner -loglevel error -y "$@"; }
picture="-f lavfi -i testsrc2=size=64x64:rate=24:duration=1"
tone="-f lavfi -i sine=frequency=440:sample_rate=44100:duration=1"
plain="-c:v libx264 -preset veryfast -pix_fmt yuv420p -crf 38 -g 48 -x264-params bframes=0:scenecut=0"
bframes="-c:v libx264 -preset veryfast -pix_fmt yuv420p -crf 38 -bf 3"
aac="-c:a aac -b:a 32k -ac 2"
exact="-fflags +bitexact -flags:v +bitexact"

ff $picture $tone $plain $aac $exact -movflags +faststart a.mp4
ff -f lavfi -i testsrc=size=64x64:rate=24:duration=1 -f lavfi -i sine=frequency=660:sample_rate=44100:duration=1.2 $plain $aac $exact b-moov-last.mp4
ff -f lavfi -i testsrc=size=64x64:rate=24:duration=1.25 $plain $exact silent.mp4
ff $picture $tone $bframes -g 48 $aac $exact bframes.mp4
ff -f lavfi -i testsrc=size=64x64:rate=24:duration=2 $tone $bframes -g 12 -keyint_min 12 $aac $exact -movflags +frag_keyframe+empty_moov bframes-fragmented.mp4
ff -f lavfi -i "testsrc=size=64x64:rate=24:duration=1.6,select='not(eq(mod(n,5),3))'" $bframes -bf 2 -g 12 -fps_mode vfr $exact changing.mp4
ff $picture $tone -c:v libx264 -preset veryfast -pix_fmt yuv420p -crf 38 -profile:v baseline $aac $exact baseline.mp4
ff -f lavfi -i testsrc2=size=64x64:rate=30:duration=1 $tone $plain $aac $exact fps30.mp4
ff -f lavfi -i testsrc2=size=128x64:rate=24:duration=1 $tone $plain $aac $exact wide.mp4
ff $picture -f lavfi -i sine=frequency=440:sample_rate=48000:duration=1 $plain $aac $exact khz48.mp4
ff $picture $tone $plain -c:a aac -b:a 32k -ac 1 $exact mono.mp4
ff $picture $tone $plain $aac $exact a.mov
ff $picture -c:v libx265 -preset veryfast -crf 38 -x265-params log-level=none -tag:v hvc1 -pix_fmt yuv420p $exact hevc.mp4
ff -ss 0.5 -i a.mp4 -c copy $exact hidden.mp4
ff -i a.mp4 -c copy -encryption_scheme cenc-aes-ctr -encryption_key 76a6c65c5ea762046bd749a2e632ccbb -encryption_kid a7e61c373e219033c21091fa607bf3b8 $exact encrypted.mp4
ff $picture $tone $plain -c:a libmp3lame -b:a 32k $exact mp3sound.mp4
ff -f lavfi -i sine=frequency=330:sample_rate=44100:duration=3 -ac 2 -c:a aac -b:a 32k song.m4a
ff -f lavfi -i sine=frequency=330:sample_rate=44100:duration=1.5 -ac 2 -b:a 32k song.mp3
ff -f lavfi -i sine=frequency=330:sample_rate=44100:duration=1.5 -ac 2 -c:a aac -b:a 32k song.aac
ff -f lavfi -i sine=frequency=330:sample_rate=8000:duration=0.3 song.wav
