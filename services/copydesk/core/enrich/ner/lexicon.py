"""Closed classes of words that names are read by: titles, heads of organisations and places, particles, cues."""

from __future__ import annotations


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FUNCTION_WORDS = _set(
    "a an the this that these those his her its their our my your some any each every no all both many most more "
    "few several other another such in on at by for from to of with without within into onto over under after "
    "before since until till while during amid among between against about above across along around as although "
    "though because but and or nor so yet if unless when whenever where wherever why how what which who whom whose "
    "whether then than there here now he she it they we i you him them us not never ever also only just even still "
    "already again however meanwhile moreover furthermore therefore thus hence instead nevertheless nonetheless "
    "despite according additionally besides earlier later last next today yesterday tomorrow tonight once one two "
    "three four five six seven eight nine ten hundreds thousands millions dozens is are was were be been being has "
    "have had do does did will would can could should may might must shall let yes oh well via per like unlike out "
    "up down off near upon through throughout behind beyond beneath beside except plus minus soon perhaps maybe "
    "indeed first second third finally said says asked added i'm i've it's he's she's we're they're we've they've "
    "don't didn't that's there's what's isn't speaking following"
)
"""English words that begin no name, whatever their case."""

CALENDAR = _set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december jan feb mar apr jun jul aug sept sep oct nov dec mon tue wed thu fri sat "
    "sun am pm gmt utc bst est edt pst christmas easter ramadan eid diwali thanksgiving halloween lent passover "
    "hanukkah spring summer autumn winter"
)
"""Words of the calendar: written with a capital, never part of the names sought (but for May, a given name)."""

TITLES = _set(
    "president minister secretary premier chancellor king queen prince princess duke duchess emperor emir sultan "
    "sheikh senator sen sens rep reps representative congressman congresswoman governor gov mayor general gen "
    "colonel col lieutenant lt captain capt major maj sergeant sgt corporal private admiral brigadier marshal judge "
    "justice attorney prosecutor professor prof dr doctor sir lady lord dame baroness baron mr mrs ms miss mx madam "
    "mister pope bishop archbishop cardinal rev reverend pastor imam ayatollah rabbi ambassador spokesman "
    "spokeswoman spokesperson director chairman chairwoman chairperson chair ceo cfo coo cto chief coach manager "
    "commander leader inspector superintendent constable commissioner detective officer speaker councillor "
    "councilor councilman councilwoman alderman mp mep mla treasurer envoy secretary-general director-general "
    "vice-president vice-chancellor deputy vice acting former ex then-president ex-president premier-elect "
    "president-elect adviser advisor economist analyst author actor actress singer writer founder co-founder editor "
    "journalist activist lawyer candidate nominee sheriff lawmaker aide officer comrade hon honourable honorable sr "
    "st saint first minister-president dictator strongman opposition magistrate engineer researcher scientist "
    "striker midfielder goalkeeper defender winger champion star player head boss"
)
"""Titles and roles that stand before a person's name; folded."""

TITLE_MODIFIERS = _set(
    "prime foreign defense defence interior finance health education justice trade energy agriculture transport "
    "state home deputy vice acting former interim senior chief executive special crown attorney general lieutenant "
    "major assistant associate co first national security press communications human rights economy environment "
    "labour labor police army navy air force supreme court high cabinet opposition majority minority house senate "
    "financial operating information technology affairs and of external internal public chief medical officer water "
    "tourism culture"
)
"""Words that stand before a title and belong to it: Defense Secretary, Vice President."""

ROLES = TITLES | _set(
    "spokesmen ministers presidents officials official teacher student mother father brother sister son daughter "
    "wife husband uncle aunt cousin friend colleague director-general farmer resident driver owner director "
    "co-author executive producer filmmaker artist musician rapper athlete novelist poet historian philosopher "
    "politician strategist expert consultant veteran pilot nurse suspect defendant victim billionaire businessman "
    "businesswoman entrepreneur dissident prisoner cleric priest nun monk witness principal "
    # Spanish, Portuguese, French, Italian, German, Dutch
    "presidente presidenta ministro ministra portavoz secretario secretaria gobernador gobernadora alcalde "
    "alcaldesa lider senador senadora canciller periodista porta-voz governador prefeito deputado deputada "
    "primeiro-ministro president ministre maire depute deputee senateur porte-parole chancelier chanceliere "
    "monsieur madame m mme segretario sindaco portavoce premier prasident prasidentin bundeskanzler bundeskanzlerin "
    "kanzler kanzlerin ministerin sprecher sprecherin chef burgermeister herr frau aussenminister außenminister "
    "finanzminister burgemeester minister-president woordvoerder voorzitter don dona señor señora senor senora "
    "senhor senhora"
)
"""Roles in lower case right before a name."""

HONORIFICS_FEMALE = _set(
    "mrs ms miss madam lady dame queen princess duchess baroness spokeswoman chairwoman actress congresswoman "
    "councilwoman sister mother wife daughter aunt businesswoman frau madame señora senora ministra presidenta "
    "portavoza kanzlerin bundeskanzlerin ministerin sprecherin"
)
HONORIFICS_MALE = _set(
    "mr mister sir lord king prince duke baron emperor sultan sheikh spokesman chairman actor congressman "
    "councilman brother father husband son uncle businessman pope imam bishop herr monsieur señor senor"
)

ORG_HEADS = _set(
    "inc inc. corp corp. corporation co co. ltd ltd. llc plc gmbh ag sa nv company companies group holdings bank "
    "banks university college school institute academy faculty laboratory ministry department agency authority "
    "bureau office commission committee council court parliament assembly congress senate cabinet party union "
    "federation association society foundation organisation organization league club team fc cf united city-council "
    "alliance coalition front movement army navy guard corps police brigade battalion force forces command airlines "
    "airways air rail railways news times post journal tribune herald gazette daily telegraph guardian magazine "
    "press radio television tv network channel media studios records entertainment pictures museum gallery theatre "
    "theater hospital clinic centre center church cathedral mosque fund trust exchange industries motors systems "
    "technologies technology partners associates brothers insurance capital energy oil gas petroleum steel "
    "pharmaceuticals labs laboratories board service services administration secretariat directorate tribunal "
    "registry inspectorate orchestra choir band project initiative programme program campaign institution "
    "institutions consortium cooperative co-operative network networks confederation syndicate chamber ombudsman "
    "regiment militia brotherhood caucus treasury exchequer watchdog "
    # Spanish, Portuguese, French, Italian, German, Dutch
    "ministerio universidad banco partido instituto ayuntamiento tribunal corte gobierno ministère universite "
    "université banque parti assemblée conseil institut universidade ministério governo università banca partito "
    "ministero universität bundesbank bundesrat landtag partei universiteit ministerie"
)
"""Words that make the name around them an organisation's."""

ORG_LEADS = _set(
    "ministry university department bank bureau institute court board college council office academy house school "
    "federation association committee commission organization organisation union society church party institution "
    "museum chamber ministerio universidad banco partido instituto ministère université banque parti conseil "
    "universidade ministério università banca partito ministero army league confederation secretariat directorate "
    "authority army"
)
"""Heads that take their complement with «of», «for» or «de»."""

PLACE_HEADS = _set(
    "river lake mount mountain mountains mt island islands isle peninsula valley desert bay gulf sea ocean strait "
    "channel canal cape coast beach forest hills hill falls creek springs harbour harbor port county province state "
    "district region prefecture governorate oblast municipality township village town city park reserve basin delta "
    "plateau heights territory emirate republic kingdom county street avenue road square boulevard highway bridge "
    "airport station border crossing plaza stadium ridge canyon glacier reef archipelago lakes pass suburb area "
    "estate"
)
"""Words that make the name before them a place's (Tana River, Fulton County)."""
PLACE_LEADS = _set("lake mount mt cape river port gulf bay strait isle fort san santa saint st sea rio el")
"""Words that make the name after them a place's (Lake Chad, Bay of Bengal)."""

DIRECTIONS = _set(
    "north south east west northern southern eastern western central northeast northwest southeast southwest "
    "northeastern northwestern southeastern southwestern upper lower greater inner outer"
)

PARTICLES = _set(
    "van von de der den del della di da do dos das du la le bin bint ibn ben al el ter ten zu af av abu e y"
)
"""Small words inside a person's name."""

KINSHIP = _set("abu umm ibn bin bint ben")
"""Of these, inside a name: father, mother, son or daughter of (Arabic, Hebrew, Malay)."""

PLACE_CUES = _set(
    "in at from near to outside inside into across around towards toward throughout through between of en desde "
    "hacia à dans depuis em desde in aus nach bei te uit naar"
)
"""Words right before a place."""
STRONG_PLACE_CUES = _set("in near outside inside across throughout en dans em")

SPEECH_VERBS = _set(
    "said says say told tells added adds wrote writes tweeted asked warned warns announced announces argued argues "
    "explained explains insisted insists claimed claims noted notes stated states stressed declared declares "
    "replied admitted denied confirmed urged called accused acknowledged agreed recalled believes thinks thought "
    "hopes wants joked quipped testified reiterated reportedly suggested responded cried shouted concluded "
    "continued"
)

NOT_ORGANIZATIONS = _set(
    "ceo cfo coo cto gdp gnp tv pm am ad bc hiv aids covid covid-19 sars mers dna rna pcr ppe vat ipo dvd cd pc it "
    "ai ok id faq rss pdf html usd eur gbp aud cad hk$ us$ suv ngo ngos mp mps mep meps md phd ba ma ii iii iv vi "
    "vii viii ix xi xii xv no vs etc i a r&d pr hr lgbt lgbtq lgbtq+ tba tbd diy sms gps uv usb url http www sos "
    "vip rip bbq dj km mph kph cctv qr atm pin icu er ptsd adhd ied ieds sme smes fdi imo esg nft nfts lng lpg "
    "breaking update updated live watch read more photo video exclusive opinion editorial analysis new not and the "
    "for"
)
"""Capitals that are no organisation."""

MISC_HEADS = _set(
    "cup games olympics paralympics championship championships open prix tournament festival award awards prize act "
    "bill treaty agreement accord accords convention protocol war revolution uprising crisis summit day week year "
    "age era pandemic virus variant vaccine law amendment code report street movement dialogue talks deal plan "
    "strategy policy constitution bible quran edition series album song film movie episode season book novel"
)
"""Words that make the name around them one of an event, a law or a work: published as `other`."""
