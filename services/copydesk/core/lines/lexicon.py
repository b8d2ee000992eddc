"""Words that pages say about themselves, in many languages, by what they are about.

A phrase alone decides nothing: «share» is a button in a line of two words and a verb in a paragraph. The classifier
weighs a hit by the length of the line. Phrases are casefolded words with one space between them; those of scripts
without spaces are looked for as substrings.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from copydesk.core.lines.line import READ_CHARS

PHRASES: dict[str, str] = {
    "share": (
        "share|share this|share this article|share this story|share article|shares|retweet|tweet|tweet this|pin it|"
        "facebook|twitter|whatsapp|linkedin|pinterest|telegram|reddit|flipboard|instagram|messenger|tiktok|bluesky|"
        "mastodon|xing|copy link|copy url|link copied|e mail|email|email this|print|print this|print article|"
        "send to a friend|bookmark|save for later|save article|gift this article|add to reading list|"
        "teilen|artikel teilen|drucken|merken|artikel merken|vorlesen|per mail|link kopieren|"
        "partager|partager cet article|imprimer|envoyer|copier le lien|enregistrer|"
        "compartir|comparte|comparte en|imprimir|enviar por correo|copiar enlace|guardar|"
        "condividi|stampa|invia|partilhar|compartilhar|compartilhe|delen|deel dit artikel|afdrukken|"
        "udostępnij|drukuj|podziel się|поделиться|распечатать|поділитися|dela|del artikkelen|del|jaa|sdílet|tisknout|"
        "paylaş|yazdır|megosztás|distribuie|κοινοποίηση|شارك|مشاركة|اطبع|طباعة|שתף|साझा करें|شیئر"
    ),
    "signup": (
        "newsletter|newsletters|subscribe|subscribe now|subscriber|sign up|sign up for|sign up to|sign up here|"
        "daily briefing|in your inbox|to your inbox|straight to your inbox|your email address|enter your email|"
        "free trial|start your free trial|become a member|support us|donate|push notifications|enable notifications|"
        "unsubscribe|subscription|follow us|follow us on|join us on|follow|like us on|download the app|"
        "download our app|"
        "app store|google play|on google news|preferred source|join our|whatsapp channel|telegram channel|"
        "abonnieren|abonnement|abo|jetzt abonnieren|newsletter abonnieren|folgen sie uns|jetzt testen|probeabo|"
        "kostenlos testen|jetzt registrieren|digitalabo|e paper|epaper|"
        "abonnez vous|s abonner|inscrivez vous|je m abonne|abonnés|réservé aux abonnés|suivez nous|"
        "votre adresse e mail|"
        "suscríbete|suscribirse|suscríbase|boletín|boletines|síguenos|síguenos en|únete|apúntate|recibe en tu correo|"
        "iscriviti|abbonati|seguici|seguici su|assine|assinar|inscreva se|siga nos|receba|"
        "abonneer|nieuwsbrief|word abonnee|volg ons|zapisz się|prenumerata|obserwuj nas|subskrybuj|"
        "подписаться|подпишитесь|подписывайтесь|рассылка|читайте нас|підписатися|підписуйтесь|"
        "prenumerera|nyhetsbrev|abonner|bli abonnent|bliv abonnent|tilaa|uutiskirje|odebírat|předplatné|předplaťte|"
        "abone ol|bülten|bizi takip edin|feliratkozás|hírlevél|abonează te|urmărește ne|εγγραφή|"
        "اشترك|النشرة البريدية|تابعنا|تابعونا|सदस्यता लें|फॉलो करें|"
        "unlimited access|unlimited digital access|unlimited online access|digital access|exclusive access|"
        "exclusive articles|exclusive content|subscribers only|subscriber only|for subscribers|"
        "with one account|welcome email|junk folder|valid email address|by signing up|"
        "you consent to receive|promotional offers|email updates|daily puzzles|cancel anytime|"
        "cancel at any time|delivered to your inbox|sign up today|get the latest|ihr postfach|"
        "ihrem postfach|e mail adresse|zum newsletter|kostenlos abonnieren|abonnenten|nur für abonnenten|"
        "artikel verschenken|jetzt weiterlesen|jetzt lesen|jetzt herunterladen|app herunterladen|"
        "auf whatsapp|whatsapp kanal|réservé à nos abonnés|votre boîte mail|téléchargez l application|"
        "tu suscripción|suscripción|suscriptores|tu correo|casella di posta|abonnenter|for abonnenter|"
        "tilaajille|pro předplatitele|abonelere"
    ),
    "consent": (
        "cookie|cookies|cookie policy|cookie settings|accept all|accept cookies|reject all|manage preferences|"
        "we and our partners|our partners|legitimate interest|gdpr|consent|your privacy|privacy settings|"
        "manage cookies|personalised ads|personalized ads|personalised content|show external content|third party|"
        "personenbezogene daten|datenschutz|einwilligung|externe inhalte|externer inhalt|"
        "redaktionell empfohlener inhalt|"
        "externen inhalt|datenschutzerklärung|akzeptieren|cookie einstellungen|werbung und tracking|"
        "vos données|nos partenaires|accepter|tout accepter|politique de confidentialité|"
        "aceptar|aceptar todo|nuestros socios|política de privacidad|política de cookies|accetta|privacy policy|"
        "aceitar|política de privacidade|wszystkie pliki cookie|akceptuję|файлы cookie|samtycke|samtykke|evästeet|"
        "soubory cookie|çerez|çerezler|ملفات تعريف الارتباط|"
        "external content|embedded content|agree to our|you agree to|terms and conditions|by clicking|"
        "by providing your|data protection|external media|der externe inhalt|externen inhalts|"
        "externe inhalte anzeigen|inhalt anzeigen|inhalte anzeigen|inhalt laden|drittplattformen|"
        "an drittplattformen|widerrufen|privatsphäre|privatsphäre einstellungen|verarbeitungszwecke|"
        "einverstanden|personalisierte|geräte kennungen|contenu externe|contenus externes|contenido externo|"
        "contenidos externos|contenuto esterno|contenuti esterni|conteúdo externo|externe content|"
        "eksternt innhold|eksternt indhold|externt innehåll|ulkoinen sisältö|externí obsah|"
        "treści zewnętrzne|informasjonskapsler|внешний контент"
    ),
    "account": (
        "log in|login|log out|logout|sign in|sign out|register|my account|create account|create an account|password|"
        "forgot password|profile|my profile|username|already a subscriber|already a member|"
        "anmelden|abmelden|registrieren|mein konto|einloggen|jetzt anmelden|passwort|"
        "se connecter|connexion|mon compte|s inscrire|iniciar sesión|inicia sesión|mi cuenta|regístrate|registrarse|"
        "accedi|registrati|entrar|minha conta|inloggen|zaloguj|zaloguj się|войти|регистрация|увійти|logga in|logg inn|"
        "log ind|kirjaudu|přihlásit|přihlásit se|giriş|giriş yap|bejelentkezés|autentificare|σύνδεση|تسجيل الدخول"
    ),
    "comments": (
        "comment|comments|leave a comment|post a comment|add a comment|join the conversation|join the discussion|"
        "view comments|show comments|no comments|write a comment|leave a reply|reply|your comment|"
        "be the first to comment|"
        "have your say|what do you think|comments are closed|sort by|oldest|newest|most liked|best rated|report abuse|"
        "kommentar|kommentare|kommentieren|kommentar schreiben|diskutieren sie mit|leserkommentare|antworten|"
        "commentaire|commentaires|commenter|réagir|laisser un commentaire|répondre|"
        "comentario|comentarios|comentar|deja un comentario|responder|commenti|commenta|lascia un commento|"
        "comentário|comentários|deixe um comentário|reacties|reageer|komentarz|komentarze|dodaj komentarz|"
        "комментарий|комментарии|комментировать|оставить комментарий|коментарі|kommentarer|kommentoi|kommentit|"
        "komentář|komentáře|diskuse|yorum|yorumlar|yorum yap|hozzászólás|comentarii|σχόλια|تعليق|تعليقات|"
        "اترك تعليقا|टिप्पणी"
    ),
    "related": (
        "related|related articles|related stories|related posts|related topics|related content|related news|"
        "read more|read also|read next|see also|more stories|more on this story|more on this|more news|more from|"
        "more like this|recommended|recommended for you|recommended stories|recommended reading|you may like|"
        "you might also like|you may also like|you might like|most read|most popular|most viewed|trending|trending now|"
        "popular|popular now|top stories|latest|latest news|latest stories|editors picks|editor s picks|don t miss|"
        "up next|also read|also on|around the web|from the web|promoted stories|sponsored content|paid content|"
        "explore more|keep reading|further reading|in case you missed it|previous article|next article|previous post|"
        "next post|previous|next|what to read next|in other news|more in|must read|recent posts|featured|"
        "mehr zum thema|lesen sie auch|das könnte sie auch interessieren|auch interessant|weitere artikel|meistgelesen|"
        "mehr aus|aus dem ressort|aus dem archiv|themen des artikels|mehr lesen|weiterlesen|zum thema|"
        "weitere themen|themen|schlagworte|empfohlen|empfehlungen|"
        "meistgelesene artikel|neueste artikel|aktuell|mehr von|mehr dazu|weitere meldungen|top themen|"
        "à lire aussi|lire aussi|sur le même sujet|à lire|articles liés|les plus lus|à découvrir|lire la suite|"
        "en continu|dernières actualités|à ne pas manquer|voir aussi|plus d articles|"
        "lee también|te puede interesar|te puede gustar|más información|noticias relacionadas|artículos relacionados|"
        "lo más leído|lo más visto|leer más|últimas noticias|más noticias|también te puede interesar|"
        "más sobre|relacionado|"
        "relacionadas|lea también|le puede interesar|no te pierdas|mira también|"
        "leggi anche|potrebbe interessarti|articoli correlati|più letti|i più letti|leggi di più|ultime notizie|"
        "leia também|leia mais|mais lidas|veja também|saiba mais|notícias relacionadas|últimas notícias|"
        "lees ook|lees meer|meer nieuws|meest gelezen|gerelateerd|czytaj także|czytaj też|czytaj również|zobacz też|"
        "zobacz także|polecane|najczęściej czytane|przeczytaj także|"
        "читайте также|читать далее|по теме|похожие|самое читаемое|смотрите также|популярное|последние новости|"
        "материалы по теме|новости по теме|читайте також|читати далі|схожі|останні новини|"
        "läs mer|läs också|läs även|mest läst|les også|les mer|mest lest|læs også|læs mere|mest læste|"
        "lue myös|luetuimmat|"
        "čtěte také|přečtěte si také|související|nejčtenější|další články|"
        "ilgili haberler|bunlar da ilginizi çekebilir|en çok okunanlar|son dakika|öne çıkanlar|çok okunanlar|"
        "kapcsolódó|ajánljuk|olvasd el|ez is érdekelheti|citește și|citește mai mult|διαβάστε επίσης|διαβάστε ακόμα|"
        "اقرأ أيضا|اقرأ المزيد|مواضيع ذات صلة|الأكثر قراءة|المزيد|أخبار ذات صلة|यह भी पढ़ें|और पढ़ें|संबंधित|"
        "lest auch|lies auch|lesen sie hier|lesen sie mehr|hier lesen|mehr zu|passend dazu|auch spannend|"
        "newsblog|liveblog|live blog|live updates|follow live|you can also check|also check|read our|"
        "lisez aussi|à voir|à voir aussi|te recomendamos|lea más|más noticias de|scopri|approfondisci|"
        "confira|meer over|zie ook|läs vidare|mer om|vis mer|les mer om|se også|se även|katso myös|"
        "lue lisää|viz též|viz také|viac|ďalšie|więcej|więcej o|подробнее|детальніше|daha fazla|tovább|"
        "în plus|διαβάστε περισσότερα|और देखें"
    ),
    "advert": (
        "advertisement|advertisements|advertising|advert|ad|ads|sponsored|promoted|story continues below|"
        "article continues below|continue reading|scroll to continue|skip ad|paid post|affiliate|report this ad|"
        "anzeige|werbung|gesponsert|publicité|la suite après la publicité|publicidad|publicidade|anuncio|pubblicità|"
        "continua após a publicidade|advertentie|reklama|реклама|annons|annonse|annonce|mainos|inzerce|reklam|hirdetés|"
        "publicitate|διαφήμιση|إعلان|اعلان|विज्ञापन|"
        "affiliate links|affiliate link|affiliate disclosure|we may earn|earn a commission|a commission|"
        "affiliate provision|eine provision|werbelinks|werbelink|stellenmarkt|jobs|stellenanzeigen|"
        "enlaces de afiliados|una comisión|liens affiliés|une commission|link affiliati|afiliados|"
        "affiliatelinks"
    ),
    "legal": (
        "all rights reserved|copyright|terms of use|terms of service|terms and conditions|terms conditions|"
        "privacy policy|"
        "privacy notice|contact us|about us|contact|advertise with us|careers|imprint|sitemap|site map|help|faq|"
        "accessibility|do not sell|may not be reproduced|rights and permissions|editorial guidelines|corrections|"
        "alle rechte vorbehalten|impressum|agb|kontakt|mediadaten|nutzungsbedingungen|barrierefreiheit|über uns|"
        "tous droits réservés|mentions légales|nous contacter|cgu|cgv|todos los derechos reservados|"
        "aviso legal|contacto|"
        "tutti i diritti riservati|riproduzione riservata|contatti|chi siamo|todos os direitos reservados|"
        "alle rechten voorbehouden|wszelkie prawa zastrzeżone|regulamin|polityka prywatności|все права защищены|"
        "контакты|о нас|усі права захищені|alla rättigheter|om oss|kontakta oss|kontakt oss|kaikki oikeudet|"
        "všechna práva vyhrazena|tüm hakları saklıdır|iletişim|künye|minden jog fenntartva|toate drepturile rezervate|"
        "جميع الحقوق محفوظة|اتصل بنا|من نحن|"
        "maschinelle übersetzung|künstlich erzeugt|ki generiert|mit hilfe von ki|transparenzhinweis|"
        "fehlerhinweis|fehler gefunden|die meinung der redaktion|ihr feedback|views expressed|"
        "opinions expressed|disclaimer|editorial standards|our standards|traduction automatique|"
        "traducción automática|generato con|laget av chatgpt|kunstig intelligens"
    ),
    "menu": (
        "menu|skip to content|skip to main content|jump to content|search|home|homepage|sections|navigation|"
        "back to top|"
        "close|open menu|toggle|show more|view more|load more|see all|view all|show all|all topics|site search|"
        "go to|slideshow|play video|watch live|listen|listen to this article|minute read|min read|"
        "minutes read|reading time|text size|font size|dark mode|javascript|your browser|enable javascript|loading|"
        "zum inhalt|zum inhalt springen|suche|startseite|menü|schließen|mehr anzeigen|nach oben|lesedauer|min lesezeit|"
        "lesezeit|artikel anhören|wetter|aller au contenu|recherche|rechercher|accueil|fermer|voir plus|"
        "temps de lecture|"
        "buscar|inicio|cerrar|ver más|ver todo|tiempo de lectura|escuchar|cerca|chiudi|vai al contenuto|"
        "buscar|início|fechar|ver mais|zoeken|sluiten|szukaj|strona główna|zamknij|поиск|главная|меню|закрыть|"
        "показать ещё|пошук|головна|sök|stäng|søk|meny|lukk|søg|luk|haku|valikko|hledat|menü|ara|ana sayfa|anasayfa|"
        "kapat|keresés|căutare|αναζήτηση|αρχική|بحث|الرئيسية|القائمة|खोज|होम|"
        "aufklappen|zuklappen|weniger anzeigen|vergrößern|bild vergrößern|öffnet im neuen fenster|"
        "neuen fenster|opens in new window|new window|new tab|click to enlarge|enlarge image|enlarge|"
        "expand|collapse|show less|read less|autoplay|agrandir|ampliar|ingrandisci|vergroot|förstora|"
        "zoom"
    ),
    "tags": (
        "tags|tagged|topics|filed under|categories|category|posted in|in this article|keywords|"
        "themen|stichworte|schlagwörter|mots clés|étiquettes|thèmes|etiquetas|temas|archivado en|argomenti|assuntos|"
        "tagi|теги|темы|ämnen|emner|avainsanat|témata|štítky|etiketler|címkék|etichete|الوسوم|كلمات مفتاحية"
    ),
    "author": (
        "about the author|about the authors|more by|more from this author|view all posts|follow the author|"
        "reporter at|is a reporter|is a journalist|is a staff writer|is a freelance|is an editor|he covers|she covers|"
        "covers politics|has been writing|writes about|can be reached at|reach him at|reach her at|"
        "contributed to this report|contributed reporting|additional reporting|reporting by|editing by|"
        "über den autor|über die autorin|zum autor|zur autorin|zur person|sobre el autor|sobre la autora|sull autore|"
        "sobre o autor|à propos de l auteur|over de auteur|o autorze|об авторе|"
        "ist redakteur|ist redakteurin|redakteur in|redakteurin in|redakteur bei|redakteurin bei|"
        "schreibt über|schreibt für|schreibt hier|ist korrespondent|ist korrespondentin|freier journalist|"
        "freie journalistin|ist journalist|ist journalistin|ist professor|ist professorin|personen box|"
        "senior fellow|is professor|is a professor|is the author|is a columnist|is a contributor|"
        "is a writer|is a senior|senior reporter|is based in|est journaliste|est professeur|es periodista|"
        "es profesor|è giornalista|é jornalista|er journalist|är journalist|jest dziennikarzem|журналист"
    ),
    "photo": (
        "photo|photo by|photos|image|image credit|picture|pictures|photograph|photographer|credit|getty|getty images|"
        "shutterstock|istock|unsplash|file photo|image source|image caption|courtesy|courtesy of|ap photo|pictured|"
        "handout|illustration|gallery|screenshot|foto|fotos|bild|bilder|bildquelle|symbolbild|archivbild|symbolfoto|"
        "crédit|crédits|crédit photo|illustrazione|imagen|fotografía|imagem|reprodução|zdjęcie|fot|фото|фотография|"
        "kuva|fotograf|obrázek|fotoğraf|görsel|kép|φωτογραφία|صورة|الصورة|फोटो|picture alliance|imago|keystone|epa|"
        "afp|reuters|dpa|ansa|efe|ntb|tt|ritzau|scanpix|lehtikuva|pap|ria|tass|"
        "archivfoto|bild von|foto von|foto di|foto de|foto af|foto av|aerial view|luftaufnahme|luftbild|"
        "vue aérienne|vista aérea|image of|a picture of|archive photo|photo d archives|imagen de archivo|"
        "foto d archivio|dpa bildfunk|legende|bildrechte|bildnachweis|bildunterschrift|bildlegende|"
        "fotografie"
    ),
    "source": (
        "source|sources|originally published|originally appeared|first appeared|via|read full article|"
        "read the full article|read the original|read original article|full story|quelle|quellen|fuente|fuentes|fonte|"
        "bron|źródło|источник|джерело|källa|kilde|lähde|zdroj|kaynak|forrás|sursa|πηγή|المصدر|स्रोत"
    ),
    "dated": (
        "published|published on|posted|posted on|updated|last updated|last modified|created|date|"
        "minutes ago|hours ago|hour ago|days ago|day ago|weeks ago|am|pm|est|edt|gmt|bst|utc|ist|"
        "veröffentlicht|aktualisiert|zuletzt aktualisiert|stand|uhr|erstellt|vor|"
        "publié|publié le|mis à jour|mis à jour le|mise à jour|modifié|publicado|actualizado|pubblicato|aggiornato|"
        "atualizado|gepubliceerd|bijgewerkt|opublikowano|aktualizacja|опубликовано|обновлено|опубліковано|оновлено|"
        "publicerad|uppdaterad|publisert|oppdatert|publiceret|opdateret|julkaistu|päivitetty|publikováno|aktualizováno|"
        "yayınlanma|güncelleme|güncellenme|megjelent|frissítve|publicat|actualizat|δημοσιεύτηκε|نشر|آخر تحديث|تاريخ"
    ),
}
"""Phrases by kind, divided by |."""

UNSPACED: dict[str, str] = {
    "share": "分享|转发|轉發|シェア|ツイート|ポスト|印刷|打印|공유|복사|แชร์|收藏",
    "signup": (
        "订阅|訂閱|关注|關注|購読|登録|会員限定|有料会員|フォロー|구독|ติดตาม|会員登録|"
        "電子報|有料記事|無料で読め|無料会員|続きは|メルマガ|メールマガジン|会员专享"
    ),
    "consent": "クッキー|隐私|隱私|プライバシー|개인정보",
    "account": "登录|登入|ログイン|注册|註冊|로그인|会员",
    "comments": "评论|評論|留言|コメント|댓글|ความคิดเห็น",
    "related": (
        "相关阅读|相关新闻|相关文章|相關新聞|相關文章|延伸閱讀|延伸阅读|推荐阅读|推薦閱讀|热门|熱門|更多|"
        "次ページ|前ページ|次のページ|注目の記事|最新ニュース|こちらも|"
        "関連記事|関連ニュース|あわせて読みたい|ランキング|おすすめ|もっと見る|続きを読む|新着|人気記事|"
        "관련기사|관련 기사|많이 본|추천|더보기|ข่าวที่เกี่ยวข้อง|อ่านเพิ่มเติม"
    ),
    "advert": "广告|廣告|スポンサー|広告|광고|โฆษณา",
    "legal": "版权所有|版權所有|未经授权|无断转载|無断転載|著作権|무단|저작권|免责声明|責任編輯|责任编辑|お問い合わせ",
    "menu": "首页|首頁|搜索|搜尋|メニュー|検索|トップ|ホーム|검색|메뉴|หน้าแรก|返回|上一篇|下一篇|トップへ",
    "tags": "标签|標籤|关键词|關鍵字|タグ|キーワード|태그",
    "photo": "图片来源|图源|摄影|攝影|圖|写真|画像|撮影|提供|사진|ภาพ|フォト|照片|拍摄",
    "source": "来源|來源|出典|출처|ที่มา",
    "dated": "发布时间|发布于|更新|配信|公開|掲載|입력|수정|อัปเดต",
}
"""Substrings by kind, for scripts without spaces; Korean is here too, since its particles stick to the words."""

KINDS = tuple(PHRASES)

_YOU_WORDS = (
    "you your yours yourself du dich dir dein deine deinen deinem deiner euch eure vous votre vos vôtre tu toi "
    "usted ustedes tú tus vuestro vostro vostra tuo tua tuoi você vocês teu jij jou jouw uw  deg dig din ditt "
    "dine dina dere deres jer sinä sinun sinua teidän vás vám váš vaše vaší vašem  tebe tvůj wam wasz wasze "
    "twój twoja twoje ciebie вы вас вам ваш ваша ваши вашу ваших вами ты тебя  твой ви вас твій sizin siz seni "
    "senin önnek neked dumneavoastră vostru σας εσείς  आप आपके आपका आपकी أنت لك لكم"
)
_YOU = frozenset(_YOU_WORDS.split())
"""Words that address the reader, besides those told by their capital in German."""
_FORMAL = re.compile(r"(?<=[\w,;:] )(?:Sie|Ihnen|Ihre?[nmrs]?|Lei|La Sua|Vd|Ud)\b")
_FORMAL_TOKENS = frozenset(
    ["sie", "ihnen", "ihr", "ihre", "ihren", "ihrem", "ihrer", "ihres", "lei", "sua", "vd", "ud"]
)
_YOU_UNSPACED = re.compile("あなた|ください|ましょう|您|你|คุณ|당신|세요")

_TOKEN = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u0900-\u0903\u093a-\u094f]+[^\W_]*)*")
_ASIAN = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")


@cache
def _spaced() -> tuple[dict[tuple[str, ...], tuple[str, ...]], frozenset[str], int]:
    """Phrases as token tuples, the tokens that start one, and the longest phrase in tokens."""
    table: dict[tuple[str, ...], tuple[str, ...]] = {}
    for kind, joined in PHRASES.items():
        for phrase in joined.split("|"):
            tokens = tuple(_TOKEN.findall(phrase.casefold()))
            known = table.get(tokens, ())
            if kind not in known:
                table[tokens] = (*known, kind)
    return table, frozenset(tokens[0] for tokens in table), max(len(tokens) for tokens in table)


@cache
def _unspaced() -> dict[str, re.Pattern[str]]:
    return {kind: re.compile(joined) for kind, joined in UNSPACED.items()}


def tokens_of(text: str) -> list[str]:
    """Casefolded words of a text, as phrases are compared."""
    return _TOKEN.findall(text[:READ_CHARS].casefold())


def addressed(text: str, tokens: list[str]) -> int:
    """How many of a line's words address the reader."""
    count = 0 if _YOU.isdisjoint(tokens) else sum(map(_YOU.__contains__, tokens))
    if not _FORMAL_TOKENS.isdisjoint(tokens):
        count += len(_FORMAL.findall(text))
    return count if text.isascii() else count + len(_YOU_UNSPACED.findall(text))


def phrase_at(tokens: Sequence[str], i: int) -> tuple[tuple[str, ...], int]:
    """Kinds of the longest page phrase that begins at token `i`, and its tokens; none and 0 where none does."""
    table, starts, longest = _spaced()
    if tokens[i] in starts:
        for size in range(min(longest, len(tokens) - i), 0, -1):
            if kinds := table.get(tuple(tokens[i : i + size])):
                return kinds, size
    return (), 0


def kinds_in(text: str, tokens: list[str], *, limit: int = 48) -> dict[str, int]:
    """How many words of the first `limit` tokens belong to phrases of which kind; the longest phrase counts."""
    hits: dict[str, int] = {}
    head = tokens[:limit]
    starts = _spaced()[1]
    i = 0
    while i < len(head):
        size = 1
        if head[i] in starts:
            kinds, size = phrase_at(head, i)
            for kind in kinds:
                hits[kind] = hits.get(kind, 0) + size
        i += max(1, size)
    sample = text[:200]
    if _ASIAN.search(sample):
        for kind, pattern in _unspaced().items():
            if found := pattern.findall(sample):
                hits[kind] = hits.get(kind, 0) + len(found)
    return hits
