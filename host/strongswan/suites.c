/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "suites.h"

#include <crypto/crypters/crypter.h>
#include <crypto/signers/signer.h>

typedef struct {
	uint16_t alg;
	const char *name;
	unsigned icv_bits;
} word_t;

static const word_t aeads[] = {
	{ENCR_AES_GCM_ICV16, "rfc4106(gcm(aes))", 128},
	{ENCR_AES_GCM_ICV12, "rfc4106(gcm(aes))", 96},
	{ENCR_AES_GCM_ICV8, "rfc4106(gcm(aes))", 64},
	{ENCR_NULL_AUTH_AES_GMAC, "rfc4543(gcm(aes))", 128},
	{ENCR_CHACHA20_POLY1305, "rfc7539esp(chacha20,poly1305)", 128},
};

static const word_t ciphers[] = {
	{ENCR_AES_CBC, "cbc(aes)", 0},
	{ENCR_NULL, "ecb(cipher_null)", 0},
};

static const word_t hmacs[] = {
	{AUTH_HMAC_SHA2_256_128, "hmac(sha256)", 128},
	{AUTH_HMAC_SHA2_384_192, "hmac(sha384)", 192},
	{AUTH_HMAC_SHA2_512_256, "hmac(sha512)", 256},
};

static const word_t *find(const word_t *words, size_t count, uint16_t alg)
{
	for (size_t i = 0; i < count; i++)
	{
		if (words[i].alg == alg)
		{
			return &words[i];
		}
	}
	return NULL;
}

static xesp_bytes bytes_of(chunk_t key)
{
	return (xesp_bytes){ .at = key.ptr, .length = key.len };
}

bool xesp_suite_of(uint8_t proto, kernel_ipsec_add_sa_t *sa, xesp_suite *suite, xesp_why *why)
{
	const word_t *aead = find(aeads, countof(aeads), sa->enc_alg);
	const word_t *cipher = find(ciphers, countof(ciphers), sa->enc_alg);
	const word_t *hmac = find(hmacs, countof(hmacs), sa->int_alg);

	*suite = (xesp_suite){};
	if (proto == IPPROTO_AH)
	{
		if (!hmac)
		{	/* AES-GMAC, which xespd has, is an AEAD for charon, and of those AH gets no keys */
			snprintf(why->text, sizeof(why->text), "AH with %N: xespd has HMAC-SHA2; put sha256, sha384 or sha512 into "
					 "ah_proposals", integrity_algorithm_names, sa->int_alg);
			return FALSE;
		}
		suite->auth = hmac->name;
		suite->icv_bits = hmac->icv_bits;
		suite->auth_key = bytes_of(sa->int_key);
		return TRUE;
	}
	if (aead)
	{
		suite->aead = aead->name;
		suite->icv_bits = aead->icv_bits;
		suite->key = bytes_of(sa->enc_key);
		return TRUE;
	}
	if (cipher && hmac)
	{
		suite->enc = cipher->name;
		suite->auth = hmac->name;
		suite->icv_bits = hmac->icv_bits;
		suite->key = bytes_of(sa->enc_key);
		suite->auth_key = bytes_of(sa->int_key);
		return TRUE;
	}
	snprintf(why->text, sizeof(why->text), "the suite %N/%N: xespd has AES-GCM, ChaCha20-Poly1305 and AES-GMAC, and "
			 "AES-CBC or NULL with HMAC-SHA2; put one of them into esp_proposals", encryption_algorithm_names,
			 sa->enc_alg, integrity_algorithm_names, sa->int_alg);
	return FALSE;
}
