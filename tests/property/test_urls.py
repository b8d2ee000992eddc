from __future__ import annotations

from urllib.parse import urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from copydesk.core.urls import canonical_url, dedupe_group, domain_of, same_site

labels = st.sampled_from(["www", "m", "mobile", "amp", "www2", "example", "co", "uk", "com", "bücher", "a-b", "cdn"])
segments = st.sampled_from(["amp", "index.html", "", ".", "..", "a", "a.amp.html", "%7e", "%2f", "ä", "b;sid=1", "%"])
parameters = st.sampled_from(["utm_source=x", "id=1", "amp", "b=%26", "a=+", "=", "&", "amp;x=1", "output=amp", "%zz"])
urls = st.builds(
    lambda scheme, host, port, path, query, fragment: (
        f"{scheme}://{'.'.join(host)}{port}/{'/'.join(path)}?{'&'.join(query)}#{fragment}"
    ),
    st.sampled_from(["http", "https", "HTTP"]),
    st.lists(labels, min_size=1, max_size=5),
    st.sampled_from(["", ":80", ":443", ":8080", ":0"]),
    st.lists(segments | st.text(max_size=5), max_size=5),
    st.lists(parameters | st.text(max_size=5), max_size=4),
    st.sampled_from(["", "!", "!/a", "top"]) | st.text(max_size=4),
)


@given(urls | st.text(max_size=60))
@example("http://x.cdn.ampproject.org/c/s/y.cdn.ampproject.org/c/s/z.com/index.html/amp/index.php")
@example("https://a.com/?amp;amp;amp;id=1")
@example("https://a.com/\ud800?\ud800")
def test_canonical_is_a_fixed_point(url: str) -> None:
    canonical = canonical_url(url)
    if canonical is not None:
        assert canonical_url(canonical) == canonical
        assert canonical.isascii()
        assert canonical.startswith("https://")
        assert " " not in canonical
        assert domain_of(canonical) is not None


@given(urls, urls | st.text(max_size=30))
def test_a_page_never_takes_an_article_to_another_site(url: str, link: str) -> None:
    own, claimed = canonical_url(url), canonical_url(url, link)
    assert (own is None) == (claimed is None)
    if own is not None and claimed is not None:
        assert claimed == own or same_site(own, claimed)


@example("http://www/? ", "fbclid=1")
@example("http://www/?id=1+", "fbclid=1")
@example("http://www/?\xa0", "fbclid=1")
@given(urls, st.sampled_from(["utm_campaign=a", "fbclid=1", "gclid=2", "mc_eid=3"]))
def test_tracking_never_matters(url: str, key: str) -> None:
    base, _, _ = url.partition("#")
    if urlsplit(base).query or base.endswith("?"):
        assert canonical_url(f"{base}&{key}") == canonical_url(base)


@given(st.text(max_size=12), st.integers(1, 64))
def test_a_group_is_a_shard(language: str, shards: int) -> None:
    assert 0 <= dedupe_group(language, shards) < shards
