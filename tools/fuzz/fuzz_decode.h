/* SPDX-License-Identifier: GPL-2.0 */
/* The decoder, fed with bytes in two pieces. */
#ifndef FUZZ_DECODE_H
#define FUZZ_DECODE_H

#include <stdlib.h>
#include <string.h>

#include "decode.h"

static size_t fuzz_records;

/* Whatever comes in, what goes out is a record that vflowd accepts. */
static void fuzz_record(void *arg, const struct record *r)
{
	static struct record copy;

	(void)arg;
	memset(&copy, 0, sizeof(copy));
	memcpy(&copy, r, r->size);
	if (!record_check(&copy))
		abort();
	fuzz_records++;
}

static bool fuzz_piece(struct decoder *d, const uint8_t *data, size_t size)
{
	while (size) {
		size_t room;
		void *to = frame_room(&d->reader, &room);
		size_t n = size < room ? size : room;

		memcpy(to, data, n);
		if (!decode_read(d, n))
			return false;
		data += n;
		size -= n;
	}
	return true;
}

/*
 * Where a read ends makes no difference.  (Of the reader's buffer only the
 * fill is reset: clearing it takes longer than all the rest.)
 */
static int fuzz_decode(enum decode_dialect dialect, const uint8_t *data, size_t size)
{
	static struct decoder d;
	struct record_counters whole = { 0 };
	size_t records = 0, cut = size / 2 + size % 3;

	for (int i = 0; i < 2; i++) {
		memset(&d, 0, offsetof(struct decoder, record));
		d.dialect = dialect;
		d.emit = fuzz_record;
		d.reader.fill = 0;
		fuzz_records = 0;
		if (i == 0 || cut > size) {
			fuzz_piece(&d, data, size);
			whole = d.counters;
			records = fuzz_records;
		} else if (fuzz_piece(&d, data, cut)) {
			fuzz_piece(&d, data + cut, size - cut);
		}
	}
	if (memcmp(&whole, &d.counters, sizeof(whole)) != 0 || records != fuzz_records)
		abort();
	return 0;
}

#endif /* FUZZ_DECODE_H */
